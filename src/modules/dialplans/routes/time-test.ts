/** What a time condition does at a moment, told from the dialplan that the switch has. */
import { DateTime } from 'luxon'
import { z } from 'zod'
import { readConditions } from '../../../freeswitch/dialplan/conditions.ts'
import type { Condition, Step } from '../../../freeswitch/dialplan/extension.ts'
import { type Moment, timesHold } from '../../../freeswitch/dialplan/times.ts'
import type { Action, ActionContext } from '../../../rest/asking.ts'
import { badRequest, ValidationError } from '../../../rest/errors.ts'
import { readAlternative } from './hours/rules.ts'
import { isExpression } from './numbers.ts'
import { RULE_VARIABLE } from './time-xml.ts'

const query = z.object({
  at: z
    .string()
    .optional()
    .describe('A time in ISO 8601, such as 2026-12-25T10:00; without an offset in TIME_ZONE. Now when left out.'),
})

export const testAction: Action = {
  on: 'row',
  methods: ['GET'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Which rule of the time condition holds at a time, and where calls go then',
  query,
  answer: {
    type: 'object',
    properties: {
      at: { type: 'string', format: 'date-time' },
      time_zone: { type: 'string' },
      rule: { type: ['integer', 'null'], description: 'The place of the rule that holds, counted from 1' },
      when: { type: ['string', 'null'], description: 'The rule in words' },
      alternative: { type: 'boolean', description: 'Whether no rule holds and calls go to the alternative' },
      destination: { type: ['string', 'null'] },
      application: { type: ['string', 'null'] },
      data: { type: ['string', 'null'] },
    },
  },
  async run(context, row) {
    const at = momentOf(context)
    const read = readConditions(String(row.xml ?? ''))
    if ('error' in read) throw badRequest(`The dialplan of this time condition cannot be read here: ${read.error}`)
    const found = firstStep(read, clockOf(at), String(row.number ?? ''))
    const [kept] = await context.services.database.run({
      text: 'SELECT "rules"::text, "alternative"::text FROM "time_conditions" WHERE "dialplan_id" = $1',
      values: [row.id],
    })
    const [rules, alternative] = (kept ?? []).map((text) => (text === null ? null : JSON.parse(String(text))))
    return {
      at: at.toISO({ suppressMilliseconds: true }),
      time_zone: context.timeZone,
      ...told(found, read, rules, alternative),
    }
  },
}

function momentOf({ query: { at }, timeZone }: ActionContext): DateTime {
  if (typeof at !== 'string') return DateTime.now().setZone(timeZone)
  // A + in a query is a blank.
  const time = DateTime.fromISO(at.replace(/ (\d\d:?\d\d)$/, '+$1'), { zone: timeZone })
  if (time.isValid) return time
  throw new ValidationError({ at: ['Write a time in ISO 8601, such as 2026-12-25T10:00.'] })
}

const clockOf = (at: DateTime): Moment => ({
  year: at.year,
  month: at.month,
  day: at.day,
  weekday: (at.weekday % 7) + 1,
  dayOfYear: at.ordinal,
  hour: at.hour,
  minute: at.minute,
})

interface Found {
  readonly condition: Condition
  readonly step: Step
}

/** What leads a call somewhere, of all that is done: the switch gathers it first and then does it in order. */
function firstStep(conditions: readonly Condition[], moment: Moment, number: string): Found | undefined {
  let found: Found | undefined
  for (const condition of conditions) {
    const holds = conditionHolds(condition, moment, number)
    const step = condition.steps.find(({ application, anti }) => Boolean(anti) !== holds && !PASSING.has(application))
    if (step) found ??= { condition, step }
    const stops = { 'on-true': holds, 'on-false': !holds, always: true, never: false }[condition.break ?? 'on-false']
    if (stops) break
  }
  return found
}

/** Applications after which a call goes on to the next. */
const PASSING = new Set([
  'set',
  'export',
  'unset',
  'sleep',
  'answer',
  'pre_answer',
  'ring_ready',
  'log',
  'info',
  'playback',
])

function conditionHolds(condition: Condition, moment: Moment, number: string): boolean {
  const { times, field, expression = '' } = condition
  if (times) {
    const holds = timesHold(times, moment)
    if (holds !== undefined) return holds
    throw badRequest(`These times can be told by the switch only: ${timesInWords(times)}.`)
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  if (field === 'destination_number' || field === '${destination_number}') return takes(expression, number)
  if (field === '' && expression === '') return true
  throw badRequest(`It depends on more than the time: ${field ?? 'several regular expressions'}.`)
}

/** Calls to the number are meant; of a regular expression those that it takes. */
function takes(expression: string, number: string): boolean {
  if (isExpression(number)) return true
  try {
    return new RegExp(expression).test(number)
  } catch {
    throw badRequest(`The regular expression ${expression} can be told by the switch only.`)
  }
}

const timesInWords = (times: Readonly<Record<string, string>>): string =>
  Object.entries(times)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

function told(found: Found | undefined, conditions: readonly Condition[], rules: unknown, alternative: unknown) {
  if (!found) return { rule: null, when: null, alternative: false, destination: null, application: null, data: null }
  const { condition, step } = found
  const { application, data = '' } = step
  const number = condition.steps.find((one) => one.application === 'set' && one.data?.startsWith(`${RULE_VARIABLE}=`))
  const rule = Array.isArray(rules) && number ? Number(number.data!.split('=')[1]) : undefined
  if (rule !== undefined) {
    const { when, destination } = (rules as { when: unknown; destination: string }[])[rule - 1]!
    const words = typeof when === 'string' ? when : JSON.stringify(when)
    return { rule, when: words, alternative: false, destination, application, data }
  }
  const place = conditions.filter(({ times }) => times).indexOf(condition) + 1
  return {
    rule: place || null,
    when: place ? timesInWords(condition.times!) : null,
    alternative: place === 0,
    destination: readAlternative(alternative) ?? `${application}:${data}`,
    application,
    data,
  }
}
