import type { GatewayCommand } from '../../freeswitch/switches.ts'
import { everything } from '../../rest/access.ts'
import type { Action } from '../../rest/asking.ts'
import { resource } from '../../rest/resource.ts'
import { inOwnDomain, ofNoDomain } from '../access.ts'
import { GATEWAY_STATE, GATEWAY_TOLD } from '../switch-answers.ts'

const command = (name: GatewayCommand, methods: Action['methods'], summary: string): Action => ({
  on: 'row',
  methods,
  roles: ['admin_api', 'minor_admin_api'],
  summary,
  answer: name === 'status' ? GATEWAY_STATE : GATEWAY_TOLD,
  run: ({ services }, row) => services.switches.gateway(name, { id: row.id as string, profile: row.profile as string }),
})

/** SIP trunks: of one domain, or without a domain shared by all. */
export const gateways = resource('Gateway', {
  path: 'gateways',
  tenant: 'domain_id',
  order: ['domain_id', 'gateway'],
  search: ['gateway', 'username', 'proxy', 'realm', 'from_domain', 'description'],
  access: { admin_api: everything, minor_admin_api: { ...inOwnDomain(), systemWide: ofNoDomain } },
  actions: {
    status: command('status', ['GET', 'POST'], "The gateway's registration and calls, as the switch has them"),
    start: command('start', ['POST'], 'Starts the gateway on the switch'),
    stop: command('stop', ['POST'], 'Stops the gateway on the switch'),
    rescan: command('rescan', ['POST'], "Makes the switch read the gateways of this one's profile again"),
  },
})
