/** The XML of a dialplan from its details. */
import { readDocument, TIMES } from '../../freeswitch/dialplan/document.ts'
import { type Condition, dialplanXml, type Step } from '../../freeswitch/dialplan/extension.ts'
import type { Action } from '../../rest/asking.ts'
import type { Database } from '../../rest/database.ts'
import { ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'

type Detail = Pick<Row<'DialplanDetail'>, 'tag' | 'type' | 'data' | 'dp_break' | 'inline' | 'group'>

/** Makes the XML anew and stores it. */
export const generateXml: Action = {
  on: 'row',
  methods: ['POST', 'GET'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: "Makes the entry's XML from its enabled details, by group and sequence, stores it and gives the entry",
  async run({ services, caller, change }, row) {
    const details = await detailsOf(services.database, row.id as string)
    if (details.length === 0) {
      throw new ValidationError({ non_field_errors: ['The dialplan has no enabled details to make its XML from.'] })
    }
    const xml = dialplanXml({
      name: (row.name as string | null) ?? '',
      continue: row.dp_continue as boolean,
      uuid: row.id as string,
      conditions: conditionsOf(details),
    })
    // A detail can be an administrator's, and then the XML is not for others to make.
    const { errors } = readDocument(xml, { trusted: caller.role === 'admin_api' })
    if (errors.length > 0) throw new ValidationError({ xml: [...errors] })
    return change({ xml })
  },
}

/** What details of one extension, in their order, say. A group begins a condition of its own. */
export function conditionsOf(details: readonly Detail[]): Condition[] {
  const conditions: Building[] = []
  let group: unknown
  for (const detail of details) {
    const last = detail.group === group ? conditions.at(-1) : undefined
    group = detail.group
    if (detail.tag === 'condition') {
      conditions.push(conditionOf(detail))
      continue
    }
    const condition = last ?? { steps: [] }
    if (!last) conditions.push(condition)
    if (detail.tag === 'regex') addTest(condition, detail)
    else condition.steps.push(stepOf(detail))
  }
  return conditions
}

/** A condition while its details are read. */
interface Building extends Condition {
  field?: string
  expression?: string
  regex?: { which: 'all' | 'any' | 'xor'; tests: { field: string; expression: string }[] }
  steps: Step[]
}

function conditionOf({ type, data, dp_break }: Detail): Building {
  const stop = dp_break ? { break: dp_break as NonNullable<Condition['break']> } : {}
  const [field, text] = [type ?? '', data ?? '']
  if (TIMES.has(field)) return { times: { [field]: text }, ...stop, steps: [] }
  if (field === 'regex') return { regex: { which: text as 'all' | 'any' | 'xor', tests: [] }, ...stop, steps: [] }
  return { field, expression: text, ...stop, steps: [] }
}

/** A regular expression belongs to the condition before it, which then asks for all of them unless it says. */
function addTest(condition: Building, { type, data }: Detail): void {
  condition.regex ??= { which: 'all', tests: [] }
  condition.regex.tests.push({ field: type ?? '', expression: data ?? '' })
}

const stepOf = ({ tag, type, data, inline }: Detail): Step => ({
  application: type ?? '',
  data: data ?? '',
  ...(inline === 'true' && { inline: true }),
  ...(tag === 'anti-action' && { anti: true }),
})

async function detailsOf(database: Database, dialplanId: string): Promise<Detail[]> {
  const rows = await database.run({
    text: `SELECT "tag", "type", "data", "dp_break", "inline", "group"::text FROM "dialplan_details"
      WHERE "dialplan_id" = $1 AND "enabled" ORDER BY "group", "sequence", "id"`,
    values: [dialplanId],
  })
  return rows.map(
    ([tag, type, data, dp_break, inline, group]) => ({ tag, type, data, dp_break, inline, group }) as unknown as Detail,
  )
}
