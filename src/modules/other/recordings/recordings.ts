import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import type { PromptFolders } from './prompt-folders.ts'

declare module '../../../rest/services.ts' {
  interface Services {
    readonly promptFolders: PromptFolders
  }
}

/** Prompts: audio that a tenant plays to its callers. */
export const recordings = resource('Recording', {
  path: 'recordings',
  tenant: 'domain_id',
  media: { name: 'recording' },
  order: ['domain_id', 'name'],
  search: ['name', 'description', 'filename'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  after: { write: (_row, { services }) => services.promptFolders.begin() },
})
