import { z } from 'zod'
import type { ActionContext, Report } from '../../../rest/asking.ts'
import { forbiddenCharacter } from '../../../rest/values/text.ts'
import { countBins } from './bins.ts'
import { drawStatistics } from './picture.ts'
import { SCOPES, whoseCalls } from './scope.ts'
import { type Statistics, summaryOf } from './summary.ts'
import { windowOf } from './window.ts'

const MOST_HOURS = 8784
const WRONG_HOURS = `Enter a whole number from 1 to ${MOST_HOURS}.`

const text = z
  .string()
  .trim()
  .superRefine((value, context) => {
    const wrong = forbiddenCharacter(value)
    if (wrong && !wrong.ok) context.addIssue({ code: 'custom', message: wrong.error })
  })
  // Only blanks are nothing, as they are in filters.
  .transform((value) => value || undefined)
  .optional()

const query = z.object({
  cdr_scope: z
    .enum(SCOPES, { error: `Select one of ${SCOPES.join(', ')}.` })
    .optional()
    .describe(
      'Whose calls; never more than the caller may see. Left out: the widest, or extn where cdr_extn is given.',
    ),
  cdr_extn: text.describe('The extension of the scope extn: its number, alias or id.'),
  cdr_hours: z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, WRONG_HOURS)
    .transform(Number)
    .refine((hours) => hours >= 1 && hours <= MOST_HOURS, WRONG_HOURS)
    .default(24)
    .describe(`How many hours until now, 1 to ${MOST_HOURS}.`),
  cdr_domain: text.describe('A domain by name or id, for administrators of several.'),
})

const count = { type: 'integer' }
const seconds = { type: 'number' }
const name = { type: ['string', 'null'] }
const time = { type: 'string', format: 'date-time' }
const figures = { total: count, answered: count, missed: count }
const object = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

/** Statistics of the calls of an extension, a tenant or all of them, until now. */
export const xmlCdrBasicStatistics: Report = {
  path: 'xmlcdrbasicstatistics',
  roles: ['admin_api', 'minor_admin_api', 'user_api'],
  summary: 'How many calls there were, how long they rang and lasted, and at which hours of the day',
  query,
  answer: object({
    scope: { type: 'string', enum: SCOPES },
    domain: name,
    extension: name,
    hours: count,
    from: time,
    to: time,
    total_calls: count,
    answered_calls: count,
    missed_calls: count,
    average_ring_time: seconds,
    max_ring_time: seconds,
    average_call_duration: seconds,
    max_call_duration: seconds,
    hourly: { type: 'array', items: object({ hour: count, ...figures, minutes: { type: 'number' } }) },
  }),
  run: (context) => statisticsAt(Date.now(), context),
  svg: (answer, { timeZone }) => drawStatistics(answer as Statistics, timeZone),
}

/** The report as it is at a moment. */
export async function statisticsAt(nowMs: number, context: ActionContext): Promise<Statistics> {
  const asked = context.query as z.infer<typeof query>
  const whose = await whoseCalls(context, asked)
  const window = windowOf(nowMs, asked.cdr_hours)
  const bins = await countBins(context.services.database, whose, window, context.timeZone)
  return summaryOf(bins, window, whose, context.timeZone)
}
