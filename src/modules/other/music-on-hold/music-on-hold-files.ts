import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'

/** Audio of music on hold. */
export const musicOnHoldFiles = resource('MohFile', {
  path: 'music_on_hold_files',
  tenant: 'moh_id__domain_id',
  media: { name: 'music' },
  order: ['moh_id', 'file_name'],
  search: ['moh_id__name', 'file_name', 'filename'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('moh_id__domain_id') },
})
