import { literalError, variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { everything } from '../../../rest/access.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import { type Destination, type Place, resolveDestination } from '../../dialling/destinations.ts'
import { claimError, PUBLIC } from './claims.ts'
import { inboundConditions } from './inbound-xml.ts'
import {
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
import { COMES_BACK, comesBack, expressionError, inboundExpression } from './numbers.ts'

/** Calls from outside: which number goes where. Each is a dialplan, made of a few fields. */
export const inboundRoutes = resource('Dialplan', {
  path: 'dialplan_ib_route',
  tenant: 'domain_id',
  where: { app_id: 'c03b422e-13a8-bd1b-e42b-b6b9b4d27ce4', category: 'Inbound route' },
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
    prefix: 'inbound_route__prefix',
    destination_number: 'inbound_route__destination_number',
    application: 'inbound_route__application',
    data: 'inbound_route__data',
    caller_id_name_prefix: 'inbound_route__caller_id_name_prefix',
    record: 'inbound_route__record',
    account_code: 'inbound_route__account_code',
  },
  aliases: { current_xml: 'xml' },
  named: { domain_id: 'name' },
  required: ['domain_id', 'number'],
  defaults: { context: () => PUBLIC, sequence: () => 100 },
  order: ['domain_id', 'sequence', 'name'],
  search: ['name', 'number', 'description'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  refuse: ({ values }) =>
    values ? { ...nullErrors(values, ['domain_id', 'number']), ...sequenceErrors(values.sequence) } : undefined,
  within: {
    create: (row, context) => keep(row, null, context),
    update: keep,
  },
})

type Asked = Omit<Row<'InboundRoute'>, 'id' | 'dialplan_id'>

const BLANK: Asked = {
  prefix: '',
  destination_number: null,
  application: null,
  data: null,
  caller_id_name_prefix: '',
  record: false,
  account_code: '',
}

/** Keeps what was asked for, and writes the dialplan that it makes. */
async function keep(row: Row<'Dialplan'>, before: Row<'Dialplan'> | null, context: WriteContext): Promise<void> {
  const { tx, caller, inputs } = context
  const [kept] = await tx.find('InboundRoute', { dialplan_id: row.id })
  const changes = changesOf(kept ?? BLANK, inputs)
  const changed = (...names: (keyof Row<'Dialplan'>)[]) => names.some((name) => before?.[name] !== row[name])
  // A dialplan that something else made stays as it is until something of the route is sent.
  if (before && !kept && changes.size === 0) return
  const place = await placeOf(tx, row.domain_id)
  const inContext = await keepContext(tx, row, before, PUBLIC)
  const sent: Asked = { ...BLANK, ...kept, ...inputs }
  if (changed('context', 'domain_id')) checkContext(caller, place, inContext, [PUBLIC])
  const number = String(row.number)
  if (inContext === PUBLIC && (changes.has('prefix') || changed('number', 'context', 'domain_id'))) {
    const claim = { id: row.id, domainId: place.id, number, prefix: sent.prefix }
    const error = await claimError(tx, claim, caller.role !== 'admin_api')
    if (error !== undefined) refuse('number', error)
  }
  if (changes.size === 0 && !changed('number', 'name', 'domain_id')) return
  const expression = readNumber(number, sent.prefix)
  for (const name of ['caller_id_name_prefix', 'account_code'] as const) {
    const error = literalError(sent[name])
    if (error !== undefined) refuse(name, error)
  }
  const asked = { ...sent, ...(await readDestination(context, place, sent, changes, changed('domain_id'))) }
  if (comesBack({ application: asked.application, data: asked.data }, inContext, expression)) {
    refuse(isNone(asked.destination_number) ? 'data' : 'destination_number', COMES_BACK)
  }
  const name = isNone(row.name) ? number.slice(0, LONGEST_NAME) : String(row.name)
  const conditions = inboundConditions({
    expression,
    place,
    destination: asked,
    callerIdNamePrefix: asked.caller_id_name_prefix,
    accountCode: asked.account_code,
    record: asked.record,
  })
  const { id: _id, dialplan_id: _dialplan, ...values } = asked as Row<'InboundRoute'>
  if (kept) await tx.update('InboundRoute', { id: kept.id }, values)
  else await tx.insert('InboundRoute', { dialplan_id: row.id, ...values })
  await keepRow(tx, row, {
    ...(isNone(row.name) && { name }),
    xml: routeXml({ name, uuid: row.id, conditions }),
  })
}

const LONGEST_NAME = 64

function readNumber(number: string, prefix: string): string {
  const read = inboundExpression(number, prefix)
  if ('error' in read) refuse(read.field, read.error)
  const error = expressionError(number)
  if (error !== undefined) refuse('number', error)
  return read.expression
}

type Where = Destination & { readonly destination_number: string | null }

/**
 * Where calls go. Of a number and of an application with its data the one that was changed counts, and the other follows:
 * application and data tell what a number became, and there is no number for an application.
 */
async function readDestination(
  { tx, caller }: WriteContext,
  place: Place,
  sent: Asked,
  changes: ReadonlySet<string>,
  moved: boolean,
): Promise<Where> {
  const { destination_number: number } = sent
  const given = !isNone(number) && changes.has('destination_number')
  const application = changes.has('application') || changes.has('data')
  if (!given && application && isNone(sent.application))
    refuse('application', 'Give an application with its data, or a destination_number.')
  if (given || (moved && !application && !isNone(number))) {
    const found = await resolveDestination(tx, place, number!, caller.role!)
    if ('error' in found) refuse('destination_number', found.error)
    if (found.data.length > LONGEST_DATA)
      refuse('destination_number', `It becomes ${found.application} with more than ${LONGEST_DATA} characters.`)
    if (application && !isNone(sent.application) && !isSame(found, sent)) {
      refuse(
        'destination_number',
        `It means ${found.application} ${found.data}, which is not what application and data say. Send the one or the other.`,
      )
    }
    return { ...found, destination_number: number }
  }
  if (isNone(sent.application))
    refuse('destination_number', 'Say where calls go: give a destination_number, or application and data.')
  const destination = { application: sent.application!, data: sent.data ?? '' }
  if (application || moved) await checkApplication(tx, place, destination, caller.role!)
  return { ...destination, destination_number: application ? null : (number ?? null) }
}

const isSame = (found: Destination, { application, data }: Asked): boolean =>
  found.application === application && found.data === (data ?? '')

const LONGEST_DATA = 128

/** Who administers one tenant has the applications that a destination of it may have. */
async function checkApplication(
  tx: WriteContext['tx'],
  place: Place,
  { application, data }: Destination,
  role: NonNullable<WriteContext['caller']['role']>,
): Promise<void> {
  if (!/^[A-Za-z_][\w-]*$/.test(application)) refuse('application', 'An application is one word, such as transfer.')
  if (role === 'admin_api') {
    const error = variablesError(data)
    if (error !== undefined) refuse('data', error)
    return
  }
  // In the context of calls from outside it is not the tenant's.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  if (data.includes('${context}'))
    refuse('data', `Write the name of the domain in place of its context: ${place.name}.`)
  const found = await resolveDestination(tx, place, `${application}:${data}`, role)
  if ('error' in found) refuse(data === '' ? 'application' : 'data', found.error)
}
