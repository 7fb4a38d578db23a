/** The dialplan of a time condition. */
import { readConditions } from '../../../freeswitch/dialplan/conditions.ts'
import { readDocument } from '../../../freeswitch/dialplan/document.ts'
import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { type Condition, dialplanXml, type Step, set } from '../../../freeswitch/dialplan/extension.ts'
import type { Caller } from '../../../rest/caller.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { type Destination, type Place, resolveDestination } from '../../dialling/destinations.ts'
import { presetsOf } from './hours/presets.ts'
import { readAlternative, readRules } from './hours/rules.ts'
import { isNone, refuse } from './kept.ts'
import { COMES_BACK, comesBack } from './numbers.ts'

interface About {
  readonly tx: Transaction
  readonly caller: Caller
  readonly place: Place
  readonly context: string
  /** The number's regular expression. */
  readonly expression: string
}

/** Tells in a call's record which rule it went by, counted from 1. */
export const RULE_VARIABLE = 'time_condition_rule'

/** After the number each rule with its times; the first that holds ends the search, and after all comes the alternative. */
export async function ruleConditions(
  about: About,
  { rules, alternative }: { readonly rules: unknown; readonly alternative: unknown },
): Promise<Condition[]> {
  const read = readRules(rules, await presetsOf(about.tx, about.place.id))
  if ('errors' in read) throw new ValidationError({ rules: read.errors })
  const number = { field: 'destination_number', expression: about.expression }
  const conditions: Condition[] = [{ ...number, steps: [] }]
  for (const [index, { slots, destination }] of read.entries()) {
    const place = index + 1
    const step = await stepTo(about, 'rules', `Rule ${place}: `, destination)
    const steps = [set(RULE_VARIABLE, String(place)), step]
    for (const times of slots) conditions.push(conditionOf(times, steps, number))
  }
  if (isNone(alternative)) return conditions
  const destination = readAlternative(alternative)
  if (destination === undefined)
    refuse('alternative', 'Write a destination, such as "1002", or {"destination": "1002"}.')
  return [...conditions, { ...number, steps: [await stepTo(about, 'alternative', '', destination)] }]
}

/** What always holds is held against the number once more. */
function conditionOf(
  times: Readonly<Record<string, string>>,
  steps: readonly Step[],
  number: { field: string; expression: string },
): Condition {
  return { ...(Object.keys(times).length > 0 ? { times } : number), break: 'on-true', steps }
}

async function stepTo(about: About, field: string, head: string, text: string): Promise<Destination> {
  const { tx, place, caller, context, expression } = about
  const found = await resolveDestination(tx, place, text, caller.role!)
  if ('error' in found) refuse(field, `${head}${found.error}`)
  if (comesBack(found, context, expression)) refuse(field, `${head}${COMES_BACK}`)
  return found
}

/** The conditions as they were written, under the number: it holds before any other is looked at. */
export async function settingsConditions(
  about: About,
  asked: { readonly settings: string | null; readonly alternate_destination: string | null },
): Promise<Condition[]> {
  const conditions: Condition[] = []
  for (const field of ['settings', 'alternate_destination'] as const) {
    if (isNone(asked[field])) continue
    const read = readConditions(asked[field]!)
    if ('error' in read) refuse(field, read.error)
    if (read.length === 0) refuse(field, 'Write at least one condition.')
    const trusted = about.caller.role === 'admin_api'
    const { errors } = readDocument(dialplanXml({ ...NOBODY, conditions: read }), { trusted })
    // Its lines are those of what was made of it.
    if (errors.length > 0) refuse(field, ...errors.map((error) => error.replace(/^Line \d+: /, '')))
    if (!trusted) await checkSteps(about, field, read)
    conditions.push(...read)
  }
  const [first] = conditions
  const isNumber = first?.field === 'destination_number' && first.expression === about.expression && !first.break
  if (isNumber) return conditions
  return [{ field: 'destination_number', expression: about.expression, steps: [] }, ...conditions]
}

const NOBODY = { name: '', continue: false, uuid: '' }

/** Who administers one tenant has its destinations, and what prepares a call without leading it anywhere. */
async function checkSteps(
  { tx, place, caller }: About,
  field: string,
  conditions: readonly Condition[],
): Promise<void> {
  // Commands tell of other tenants, were it by where a call goes.
  for (const text of conditions.flatMap(textsOf)) {
    const error = variablesError(text)
    if (error !== undefined) refuse(field, `${JSON.stringify(text.slice(0, 80))}: ${error}`)
  }
  for (const { application, data = '' } of conditions.flatMap(({ steps }) => steps)) {
    const name = application.toLowerCase()
    if (Object.hasOwn(PREPARING, name)) {
      if (!PREPARING[name]!.test(data))
        refuse(field, `The application ${name} may not have the data ${JSON.stringify(data.slice(0, 80))}.`)
      continue
    }
    const found = /^[a-z_][\w-]*$/.test(name)
      ? await resolveDestination(tx, place, `${name}:${data}`, caller.role!)
      : { error: 'An application is one word, such as transfer.' }
    if ('error' in found) refuse(field, found.error)
  }
}

/** What the switch expands of a condition. */
const textsOf = ({ field = '', expression = '', regex }: Condition): string[] => [
  field,
  expression,
  ...(regex?.tests ?? []).flatMap((one) => [one.field, one.expression]),
]

/** Neither the tenant a call belongs to nor what the switch expands may be set. */
const PREPARING: Readonly<Record<string, RegExp>> = {
  set: /^(?:hangup_after_bridge|continue_on_fail|call_timeout|ignore_early_media|time_condition_rule|effective_caller_id_name|effective_caller_id_number|timezone)=[^$\\]*$/,
  sleep: /^\d{1,6}$/,
  pre_answer: /^$/,
  ring_ready: /^$/,
}
