/** The requests of the reading bench, and what counts as the same answer to them. */
import { isDeepStrictEqual } from 'node:util'
import type { LoadRequest } from 'autocannon'
import type pg from 'pg'
import type { Program } from '../support/processes.ts'
import { lastWeekday } from './days.ts'
import type { Filled } from './records.ts'
import type { Tenant } from './tenants.ts'

export type Name = 'day' | 'extension' | 'call' | 'first' | 'far' | 'statistics'
export type Requests = Readonly<Record<Name, readonly LoadRequest[]>>

export const DESCRIPTIONS: Readonly<Record<Name, string>> = {
  day: "a tenant's page of one day, 20 tenants in turn",
  extension: "an extension's page of all its calls, 100 extensions in turn",
  call: 'the call with that uuid, xml and json included, 200 calls in turn',
  first: "page 1 of a tenant's list, 20 tenants in turn",
  far: 'page 201 of it, reached by following next 200 times, 5 tenants in turn',
  statistics: "a tenant's last 24 hours, 20 tenants in turn",
}
export const NAMES = Object.keys(DESCRIPTIONS) as Name[]

/** How many times `next` is followed. */
const FAR = 200
const LIST = '/api/xmlcdrs/'
const SHORT = 'nojson&noxml'

const get = ({ token }: Tenant, path: string): LoadRequest => ({
  method: 'GET',
  path,
  headers: { authorization: `Token ${token}` },
})

export interface Side {
  readonly server: Program
  readonly requests: Requests
}

/** The requests of these names for a server, each as the minor administrator of a tenant. */
export async function requestsFor(
  server: Program,
  pool: pg.Pool,
  filled: Filled,
  names: readonly Name[],
  now: Date,
): Promise<Requests> {
  const tenants = filled.list.slice(0, 20)
  const day = lastWeekday(now)
  const [from, to] = [day, new Date(day.getTime() + 86_400_000)].map((time) => time.toISOString())
  const first = tenants.map((tenant) => get(tenant, `${LIST}?${SHORT}`))
  return {
    day: tenants.map((tenant) => get(tenant, `${LIST}?start_stamp__gte=${from}&start_stamp__lt=${to}&${SHORT}`)),
    extension: tenants.flatMap((tenant) =>
      tenant.extensionIds.slice(0, 5).map((id) => get(tenant, `${LIST}?extension_id=${id}&${SHORT}`)),
    ),
    call: names.includes('call') ? await calls(pool, tenants) : [],
    first,
    // Each server has cursors of its own.
    far: names.includes('far') ? await Promise.all(first.slice(0, 5).map((each) => follow(server, each))) : [],
    statistics: tenants.map((tenant) => get(tenant, '/api/xmlcdrbasicstatistics/?cdr_scope=domain&cdr_hours=24')),
  }
}

/** Ten calls of each tenant from all months. */
async function calls(pool: pg.Pool, tenants: readonly Tenant[]): Promise<LoadRequest[]> {
  const requests: LoadRequest[] = []
  for (const tenant of tenants) {
    const { rows } = await pool.query<{ call_uuid: string }>(
      `SELECT (array_agg(call_uuid ORDER BY id))[1] AS call_uuid FROM (
         SELECT id, call_uuid, ntile(10) OVER (ORDER BY start_stamp) AS tenth FROM xml_cdrs WHERE domain_id = $1
       ) c GROUP BY tenth`,
      [tenant.id],
    )
    for (const { call_uuid } of rows) requests.push(get(tenant, `${LIST}?call_uuid=${call_uuid}`))
  }
  return requests
}

async function follow({ origin }: Program, first: LoadRequest): Promise<LoadRequest> {
  let path = first.path!
  for (let followed = 0; followed < FAR; followed++) {
    const { next } = (await ask(origin, { ...first, path })) as { next: string | null }
    if (!next) throw new Error(`the list ends after ${followed + 1} pages, so there is no far page`)
    path = next
  }
  return { ...first, path }
}

/** Throws unless both servers answer all requests with the same JSON, but for address, moment and cursors. */
export async function checkSameAnswers(sides: readonly [Side, Side]): Promise<void> {
  for (const name of NAMES) {
    for (const [index, request] of sides[0].requests[name].entries()) {
      const answers = await Promise.all(sides.map(({ server, requests }) => ask(server.origin, requests[name][index]!)))
      const [ours, byHand] = answers.map(comparable)
      if (isDeepStrictEqual(ours, byHand)) continue
      throw new Error(`The servers answer ${name} (${request.path}) differently: ${difference(ours!, byHand!)}`)
    }
  }
}

function comparable(answer: object): Record<string, unknown> {
  if ('from' in answer) return { ...answer, from: '', to: '' }
  const { next, previous } = answer as { next: string | null; previous: string | null }
  const [after, before] = [next, previous].map((url) => url?.replace(/&cursor=[^&]*/, '') ?? null)
  return { ...answer, next: after, previous: before }
}

/** The first value that differs; whole pages are too long to be read. */
function difference(ours: unknown, byHand: unknown, path = ''): string {
  const objects = [ours, byHand].every((each) => typeof each === 'object' && each !== null)
  if (!objects) return `${path} is ${JSON.stringify(ours)} and by hand ${JSON.stringify(byHand)}`
  const [left, right] = [ours, byHand] as [Record<string, unknown>, Record<string, unknown>]
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  const name = names.find((each) => !isDeepStrictEqual(left[each], right[each]))!
  return difference(left[name], right[name], `${path}/${name}`)
}

async function ask(origin: string, { path, headers }: LoadRequest): Promise<object> {
  const response = await fetch(`${origin}${path}`, { headers })
  const text = await response.text()
  if (!response.ok) throw new Error(`${origin}${path} was answered ${response.status}: ${text}`)
  return JSON.parse(text.replaceAll(origin, '')) as object
}
