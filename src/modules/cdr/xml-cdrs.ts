import { readEverything, readRights } from '../../rest/access.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows } from '../access.ts'
import { LISTS } from './lists.ts'

/** Call records with everything the switch told. */
export const xmlCdrs = resource('XmlCdr', {
  path: 'xmlcdrs',
  ...LISTS,
  // The guide shows the large columns as what one leaves out.
  flags: { nojson: 'json', noxml: 'xml' },
  access: {
    admin_api: readEverything,
    minor_admin_api: readRights(domainRows('domain_id')),
  },
})
