import { everything } from '../../../rest/access.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import { PUBLIC } from './claims.ts'
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
import { expressionError, plainExpression } from './numbers.ts'
import { testAction } from './time-test.ts'
import { ruleConditions, settingsConditions } from './time-xml.ts'

/** Numbers whose calls go here or there by the time of day and the day. Each is a dialplan, made of a few fields. */
export const timeConditions = resource('Dialplan', {
  path: 'dialplan_time_condition',
  tenant: 'domain_id',
  where: { app_id: '4b821450-926b-175a-af93-a03c441818b1', category: 'Time condition' },
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
    settings: 'time_condition__settings',
    alternate_destination: 'time_condition__alternate_destination',
    rules: 'time_condition__rules',
    alternative: 'time_condition__alternative',
  },
  aliases: { current_xml: 'xml' },
  named: { domain_id: 'name' },
  required: ['domain_id', 'name', 'number'],
  fill: { context: 'domain_id__name' },
  defaults: { sequence: () => 301 },
  order: ['domain_id', 'sequence', 'name'],
  search: ['name', 'number', 'description'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  refuse: ({ values }) =>
    values ? { ...nullErrors(values, ['domain_id', 'name', 'number']), ...sequenceErrors(values.sequence) } : undefined,
  within: {
    create: (row, context) => keep(row, null, context),
    update: keep,
  },
  actions: { test: testAction },
})

/** What was asked for: rules with an alternative, or settings with an alternate destination. */
export interface Asked {
  readonly settings: string | null
  readonly alternate_destination: string | null
  readonly rules: unknown
  readonly alternative: unknown
}

const BLANK: Asked = { settings: null, alternate_destination: null, rules: null, alternative: null }

/** Keeps what was asked for, and writes the dialplan that it makes. */
async function keep(row: Row<'Dialplan'>, before: Row<'Dialplan'> | null, context: WriteContext): Promise<void> {
  const { tx, caller } = context
  const [kept] = await tx.find('TimeCondition', { dialplan_id: row.id })
  const inputs = Object.fromEntries(
    Object.entries(context.inputs).map(([name, value]) => [name, parsedJson(name, value)]),
  )
  const changes = changesOf(kept ?? { ...BLANK }, inputs)
  const changed = (...names: (keyof Row<'Dialplan'>)[]) => names.some((name) => before?.[name] !== row[name])
  // A dialplan that something else made stays as it is until something of the time condition is sent.
  if (before && !kept && changes.size === 0) return
  const place = await placeOf(tx, row.domain_id)
  const inContext = await keepContext(tx, row, before, place.name)
  if (changed('context', 'domain_id')) {
    checkContext(caller, place, inContext, [])
    if (inContext === PUBLIC)
      refuse(
        'context',
        'Calls from outside come by an inbound route, which may lead to the number of a time condition.',
      )
  }
  if (changes.size === 0 && !changed('number', 'name', 'domain_id')) return
  const asked = choose({ ...BLANK, ...kept, ...inputs } as Asked, changes)
  const expression = readNumber(String(row.number))
  const about = { tx, caller, place, expression, context: inContext }
  const conditions =
    asked.settings === null ? await ruleConditions(about, asked) : await settingsConditions(about, asked)
  const values = { ...asked, rules: stored(asked.rules), alternative: stored(asked.alternative) }
  const { settings, alternate_destination, rules, alternative } = values
  const columns = { settings, alternate_destination, rules, alternative } as unknown as Partial<Row<'TimeCondition'>>
  if (kept) await tx.update('TimeCondition', { id: kept.id }, columns)
  else await tx.insert('TimeCondition', { dialplan_id: row.id, ...columns })
  const xml = routeXml({ name: String(row.name), uuid: row.id, conditions })
  await keepRow(tx, row, { xml })
}

const JSON_FIELDS = ['rules', 'alternative']

/** JSON comes as its text; that of a form as a text in that. */
function parsedJson(name: string, value: unknown): unknown {
  if (!JSON_FIELDS.includes(name) || typeof value !== 'string') return value
  const inner: unknown = JSON.parse(value)
  if (typeof inner !== 'string' || !/^\s*[[{]/.test(inner)) return inner === '' ? null : inner
  try {
    return JSON.parse(inner)
  } catch {
    return inner
  }
}

const stored = (value: unknown): string | null => (isNone(value) ? null : JSON.stringify(value))

/** Of rules and settings those that were changed; the others go. */
function choose(asked: Asked, changes: ReadonlySet<string>): Asked {
  const given = (...names: (keyof Asked)[]) => names.some((name) => changes.has(name) && !isNone(asked[name]))
  const [byRules, bySettings] = [given('rules', 'alternative'), given('settings', 'alternate_destination')]
  if (byRules && bySettings)
    refuse('rules', 'Give rules with an alternative, or settings with an alternate_destination: not both.')
  const blankRules = { rules: null, alternative: null }
  const blankSettings = { settings: null, alternate_destination: null }
  const chosen = { ...asked, ...(byRules && blankSettings), ...(bySettings && blankRules) }
  if (isNone(chosen.rules) && isNone(chosen.settings)) {
    refuse(bySettings ? 'settings' : 'rules', 'Say when calls go where: give rules, or settings as XML.')
  }
  if (isNone(chosen.settings)) return { ...chosen, ...blankSettings }
  return { ...chosen, ...blankRules, alternate_destination: chosen.alternate_destination || null }
}

function readNumber(number: string): string {
  const read = plainExpression(number)
  if ('error' in read) refuse(read.field, read.error)
  const error = expressionError(number)
  if (error !== undefined) refuse('number', error)
  return read.expression
}
