/** What an outbound route sends calls over: gateways, and what else DjangoPBX lets stand in place of one. */
import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import type { Step } from '../../../freeswitch/dialplan/extension.ts'
import type { Caller } from '../../../rest/caller.ts'
import type { Row } from '../../../rest/model/model.ts'
import { noSuchRow, readUuid } from '../../../rest/values/identity.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { type Place, resolveDestination } from '../../dialling/destinations.ts'

export interface Line {
  readonly step: Step
  /** The gateway it is; none: something else. */
  readonly gatewayId: string | null
}

/** The line that a text means to a tenant, or why it means none. */
export async function lineOf(
  tx: Transaction,
  caller: Caller,
  place: Place,
  text: string,
  prefix: string,
): Promise<Line | { error: string }> {
  const [, application, data] = /^(bridge|transfer):(.*)$/s.exec(text) ?? []
  if (application !== undefined) return other(tx, caller, place, application, data!)
  const trunk = TRUNKS[text]
  if (trunk) {
    if (caller.role !== 'admin_api') return { error: 'Only an administrator of the system may use this line of it.' }
    return { step: { application: 'bridge', data: trunk(prefix) }, gatewayId: null }
  }
  const gateway = await gatewayOf(tx, place, text)
  if ('error' in gateway) return gateway
  return { step: { application: 'bridge', data: `sofia/gateway/${gateway.id}/${prefix}$1` }, gatewayId: gateway.id }
}

const TRUNKS: Readonly<Record<string, ((prefix: string) => string) | undefined>> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  enum: () => '${enum_auto_route}',
  freetdm: (prefix) => `freetdm/1/a/${prefix}$1`,
  xmpp: (prefix) => `dingaling/gtalk/+${prefix}$1@voice.google.com`,
}

async function other(
  tx: Transaction,
  caller: Caller,
  place: Place,
  application: string,
  data: string,
): Promise<Line | { error: string }> {
  if (data.trim() === '') return { error: `Say what comes after ${application}: .` }
  if (caller.role === 'admin_api') {
    const error = variablesError(data)
    return error === undefined ? { step: { application, data }, gatewayId: null } : { error }
  }
  const found = await resolveDestination(tx, place, `${application}:${data}`, caller.role!)
  return 'error' in found ? found : { step: { application: found.application, data: found.data }, gatewayId: null }
}

/** A gateway of the tenant or of all, by its id or its name; of two of one name the tenant's own. */
async function gatewayOf(tx: Transaction, place: Place, text: string): Promise<{ id: string } | { error: string }> {
  const uuid = readUuid(text)
  const found = await tx.find('Gateway', uuid === undefined ? { gateway: text } : { id: uuid })
  const seen = found.filter(({ domain_id }) => domain_id === null || domain_id === place.id)
  const own = seen.filter(({ domain_id }) => domain_id !== null)
  const [first, ...rest]: Row<'Gateway'>[] = own.length > 0 ? own : seen
  if (!first) return { error: uuid === undefined ? `There is no gateway ${text} for this domain.` : noSuchRow(text) }
  if (rest.length > 0) return { error: `There are several gateways ${text}: name one by its id.` }
  return { id: first.id }
}
