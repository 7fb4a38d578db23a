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

/** The requests for a database, each as the minor administrator of a tenant; those of `far` found with our server. */
export async function requestsFor(ours: Program, pool: pg.Pool, filled: Filled, names: readonly Name[], now: Date) {
  const tenants = filled.list.slice(0, 20)
  const day = lastWeekday(now)
  const [from, to] = [day, new Date(day.getTime() + 86_400_000)].map((time) => time.toISOString())
  const first = tenants.map((tenant) => get(tenant, `${LIST}?${SHORT}`))
  const requests: Requests = {
    day: tenants.map((tenant) => get(tenant, `${LIST}?start_stamp__gte=${from}&start_stamp__lt=${to}&${SHORT}`)),
    extension: tenants.flatMap((tenant) =>
      tenant.extensionIds.slice(0, 5).map((id) => get(tenant, `${LIST}?extension_id=${id}&${SHORT}`)),
    ),
    call: names.includes('call') ? await calls(pool, tenants) : [],
    first,
    far: names.includes('far') ? await Promise.all(first.slice(0, 5).map((each) => follow(ours, each))) : [],
    statistics: tenants.map((tenant) => get(tenant, '/api/xmlcdrbasicstatistics/?cdr_scope=domain&cdr_hours=24')),
  }
  return requests
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
    path = next.replace(origin, '')
  }
  return { ...first, path }
}

/** Throws unless both servers answer all requests with the same JSON, address and moment aside. */
export async function checkSameAnswers(servers: readonly Program[], requests: Requests): Promise<void> {
  for (const name of NAMES) {
    for (const request of requests[name]) {
      const answers = await Promise.all(servers.map(({ origin }) => ask(origin, request)))
      if (answers.some((each) => !isDeepStrictEqual(each, answers[0]))) {
        const texts = answers.map((each) => JSON.stringify(each))
        throw new Error(`The servers answer ${name} (${request.path}) differently:\n${texts.join('\n')}`)
      }
    }
  }
}

async function ask(origin: string, { path, headers }: LoadRequest): Promise<object> {
  const response = await fetch(`${origin}${path}`, { headers })
  const text = await response.text()
  if (!response.ok) throw new Error(`${origin}${path} was answered ${response.status}: ${text}`)
  const json = JSON.parse(text.replaceAll(origin, '')) as { next?: string; from?: string; to?: string }
  if ('from' in json) return { ...json, from: '', to: '' }
  return json.next ? { ...json, next: json.next.replace(origin, '') } : json
}
