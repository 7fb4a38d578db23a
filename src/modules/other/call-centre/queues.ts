import { everything } from '../../../rest/access.ts'
import type { Action } from '../../../rest/asking.ts'
import { resource } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import { generateXml } from '../../dialling/entry-hooks.ts'
import { numberTaken } from '../../dialling/numbers.ts'
import { FLUSHED } from '../../switch-answers.ts'
import { queueEntries } from './queue-entries.ts'

const flush: Action = {
  on: 'row',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Makes the switches forget the queue as they read it last',
  answer: FLUSHED,
  run: ({ services }, row) => services.switches.flushCallCentre([row.id as string]),
}

/** Numbers whose callers wait for an agent. FreeSWITCH's mod_callcenter reads them through its XML configuration. */
export const callCentreQueues = resource('CallCentreQueues', {
  path: 'callcentrequeues',
  tenant: 'domain_id',
  hidden: [
    'wb_wait_warn_level',
    'wb_wait_crit_level',
    'wb_aban_warn_level',
    'wb_aban_crit_level',
    'wb_show_agents',
    'wb_agents_per_row',
  ],
  links: { gen_xml: 'generate_xml' },
  order: ['domain_id', 'name', 'extension'],
  search: ['name', 'extension', 'description'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  constraints: { dialled_numbers_pkey: numberTaken('extension') },
  within: queueEntries,
  actions: { generate_xml: generateXml, flush_cache_call_centre: flush },
})
