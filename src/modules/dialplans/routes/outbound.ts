import { literalError } from '../../../freeswitch/dialplan/expansion.ts'
import { everything } from '../../../rest/access.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { noSuchRow, readUuid } from '../../../rest/values/identity.ts'
import { inOwnDomain } from '../../access.ts'
import type { Place } from '../../dialling/destinations.ts'
import { PUBLIC } from './claims.ts'
import {
  boundErrors,
  changesOf,
  checkContext,
  isNone,
  keepContext,
  keepRow,
  nullErrors,
  placeOf,
  refuse,
  routeXml,
  sequenceErrors,
} from './kept.ts'
import { type Line, lineOf } from './lines.ts'
import { expressionError, isEmergency, outboundExpression } from './numbers.ts'
import { outboundConditions } from './outbound-xml.ts'

/** Calls to the outside: which numbers go over which gateways. Each is a dialplan, made of a few fields. */
export const outboundRoutes = resource('Dialplan', {
  path: 'dialplan_ob_route',
  tenant: 'domain_id',
  where: { app_id: '8c914ec3-9fc0-8ab5-4cda-6c9288bdc9a3', category: 'Outbound route' },
  only: [
    'domain_id',
    'name',
    'number',
    'context',
    'sequence',
    'enabled',
    'description',
    'created',
    'updated',
    'synchronised',
    'updated_by',
  ],
  borrowed: {
    gateway_id: 'outbound_route__gateway_id',
    gateway_1: 'outbound_route__gateway_1',
    gateway_2: 'outbound_route__gateway_2',
    gateway_3: 'outbound_route__gateway_3',
    prefix: 'outbound_route__prefix',
    strip_prefix: 'outbound_route__strip_prefix',
    limit: 'outbound_route__limit',
    account_code: 'outbound_route__account_code',
    toll_allow: 'outbound_route__toll_allow',
    pin_numbers: 'outbound_route__pin_numbers',
    pin: 'outbound_route__pin',
  },
  // A gateway that all tenants share is no row of a minor administrator's, and its routes may use it all the same.
  lookedUp: ['gateway_id'],
  aliases: { current_xml: 'xml' },
  named: { domain_id: 'name' },
  required: ['domain_id', 'name'],
  fill: { context: 'domain_id__name' },
  defaults: { sequence: () => 101 },
  order: ['domain_id', 'sequence', 'name'],
  search: ['name', 'number', 'description'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  refuse: ({ values, inputs }) =>
    values
      ? {
          ...nullErrors(values, ['domain_id', 'name']),
          ...sequenceErrors(values.sequence),
          ...boundErrors('limit', inputs.limit, 0, MOST_CALLS),
        }
      : undefined,
  within: {
    create: (row, context) => keep(row, null, context),
    update: keep,
  },
})

/** As many as the switch counts to. */
const MOST_CALLS = 100_000

type Asked = Omit<Row<'OutboundRoute'>, 'id' | 'dialplan_id'>

const BLANK: Asked = {
  gateway_id: null,
  gateway_1: null,
  gateway_2: null,
  gateway_3: null,
  prefix: '',
  strip_prefix: '',
  limit: 0,
  account_code: null,
  toll_allow: '',
  pin_numbers: false,
  pin: null,
}

/** Keeps what was asked for, and writes the dialplan that it makes. */
async function keep(row: Row<'Dialplan'>, before: Row<'Dialplan'> | null, context: WriteContext): Promise<void> {
  const { tx, caller } = context
  const { limit } = context.inputs
  // Whole numbers come as their digits.
  const inputs = { ...context.inputs, ...(limit !== undefined && { limit: Number(limit) }) }
  const [kept] = await tx.find('OutboundRoute', { dialplan_id: row.id })
  const changes = changesOf(kept ?? BLANK, inputs)
  const changed = (...names: (keyof Row<'Dialplan'>)[]) => names.some((name) => before?.[name] !== row[name])
  // A dialplan that something else made stays as it is until something of the route is sent.
  if (before && !kept && changes.size === 0) return
  const place = await placeOf(tx, row.domain_id)
  const inContext = await keepContext(tx, row, before, place.name)
  if (changed('context', 'domain_id')) {
    if (inContext === PUBLIC) refuse('context', 'Calls that come from outside may not be sent outside again.')
    checkContext(caller, place, inContext, [])
  }
  if (changes.size === 0 && !changed('number', 'name', 'domain_id')) return
  const sent: Asked = { ...BLANK, ...kept, ...inputs }
  const number = row.number ?? ''
  const expression = readNumber(number, sent)
  checkTexts(sent)
  const { asked, lines } = await readLines(context, place, sent, changes)
  const conditions = outboundConditions({
    expression,
    emergency: number !== '' && isEmergency(number),
    tollAllow: asked.toll_allow,
    accountCode: asked.account_code ?? '',
    prefix: asked.prefix,
    limit: asked.limit,
    pin: isNone(asked.pin) ? (asked.pin_numbers ? 'database' : null) : asked.pin,
    lines: lines.map(({ step }) => step),
  })
  const { id: _id, dialplan_id: _dialplan, ...values } = asked as Row<'OutboundRoute'>
  if (kept) await tx.update('OutboundRoute', { id: kept.id }, values)
  else await tx.insert('OutboundRoute', { dialplan_id: row.id, ...values })
  const xml = routeXml({ name: String(row.name), uuid: row.id, conditions })
  await keepRow(tx, row, { xml })
}

function readNumber(number: string, { strip_prefix, prefix }: Asked): string {
  const read = outboundExpression(number, strip_prefix, prefix)
  if ('error' in read) refuse(read.field, read.error)
  const error = expressionError(number)
  if (error !== undefined) refuse('number', error)
  return read.expression
}

function checkTexts(sent: Asked): void {
  for (const name of ['account_code', 'toll_allow'] as const) {
    const error = literalError(sent[name] ?? '')
    if (error !== undefined) refuse(name, error)
  }
  if (!isNone(sent.pin) && !/^\d+$/.test(sent.pin!)) refuse('pin', 'A PIN has digits only.')
}

const GATEWAYS = ['gateway_1', 'gateway_2', 'gateway_3'] as const

/** The lines, and what is kept of them: gateway_id is the id of gateway_1, and of the two the one that was changed counts. */
async function readLines({ tx, caller }: WriteContext, place: Place, sent: Asked, changes: ReadonlySet<string>) {
  const byId = changes.has('gateway_id') && !isNone(sent.gateway_id)
  const first = byId && !changes.has('gateway_1') ? sent.gateway_id : sent.gateway_1
  const texts = [first ?? (byId ? sent.gateway_id : null), sent.gateway_2, sent.gateway_3]
  if (isNone(texts[0])) refuse('gateway_1', 'Say where calls go: give a gateway as gateway_1 or gateway_id.')
  const lines: Line[] = []
  let gateway_id: string | null = null
  for (const [index, name] of GATEWAYS.entries()) {
    const text = texts[index]
    if (isNone(text)) continue
    const line = await lineOf(tx, caller, place, text!, sent.prefix)
    if ('error' in line) refuse(index === 0 && byId && text !== sent.gateway_1 ? 'gateway_id' : name, line.error)
    if (index === 0) gateway_id = line.gatewayId
    lines.push(line)
  }
  if (byId && gateway_id !== sent.gateway_id) {
    const unknown = 'error' in (await lineOf(tx, caller, place, sent.gateway_id!, ''))
    refuse(
      'gateway_id',
      unknown ? noSuchRow(sent.gateway_id) : 'It is not the gateway that gateway_1 says. Send the one or the other.',
    )
  }
  const isId = texts[0] !== null && readUuid(texts[0]) !== undefined
  const asked: Asked = { ...sent, gateway_id, gateway_1: isId && gateway_id !== null ? gateway_id : texts[0]! }
  return { asked, lines }
}
