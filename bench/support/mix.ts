/** Requests of all sorts, good and bad, each held to the status it must be answered with. */
import { creation } from '../kinds.ts'
import type { BenchDatabase } from './data.ts'

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly token?: string
  /** The status of the answer. */
  readonly expected: number
}

const PATH = '/api/extensions/'

/** A function that sends one more request and throws when the answer is not what it must be. */
export function mixedRequests(origin: string, database: BenchDatabase, domainId: string): () => Promise<void> {
  const created: string[] = []
  const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!
  const get = (path: string, expected = 200): Request => ({ method: 'GET', path, expected })
  const row = () => `${PATH}${pick(database.extensionIds)}/`

  const patch = (id: string): Request => {
    const body = JSON.stringify({ description: `Room ${Math.random()}`, do_not_disturb: Math.random() < 0.5 })
    return { method: 'PATCH', path: `${PATH}${id}/`, body, expected: 200 }
  }
  const create = (): Request => ({ method: 'POST', path: PATH, body: creation(domainId).body, expected: 201 })
  const filters: readonly (() => string)[] = [
    () => `domain_id=${pick(database.domainIds)}&enabled=true&extension__contains=10&ordering=-extension`,
    () => `search=person ${Math.floor(Math.random() * 100)}`,
    () => `fields=id,extension,description&page_size=${1 + Math.floor(Math.random() * 100)}`,
    () => `domain_id__name=tenant${1 + Math.floor(Math.random() * 20)}.example.com&page=2`,
    () => `extension__in=1001,1002,1003&omit=password&ordering=effective_caller_id_name`,
    () => `created__gte=2020-01-01&forward_all_enabled=false&format=csv`,
    // No two of these have one shape: each statement is a new text.
    () => `fields=${pick(FIELDS)},${pick(FIELDS)},${pick(FIELDS)}&ordering=${pick(FIELDS)},-${pick(FIELDS)}`,
  ]
  const bad: readonly (() => Request)[] = [
    () => ({ method: 'POST', path: PATH, body: '{"extension": ""}', expected: 400 }),
    () => ({ method: 'POST', path: PATH, body: '{"extension', expected: 400 }),
    () => get(`${PATH}?domain_id=nonsense`, 400),
    () => get(`${PATH}?page=9999`, 404),
    () => get(`${PATH}00000000-0000-4000-8000-00000000${1000 + Math.floor(Math.random() * 8999)}/`, 404),
    () => ({ ...get(PATH, 401), token: Math.random().toString(16).slice(2).padEnd(40, '0').slice(0, 40) }),
  ]

  const next = (): Request => {
    const share = Math.random()
    if (share < 0.25) return get(`${PATH}?page=${1 + Math.floor(Math.random() * 20)}`)
    if (share < 0.45) return get(`${PATH}?${pick(filters)()}`)
    if (share < 0.7) return get(row())
    if (share < 0.8 || created.length < 100) return create()
    if (share < 0.88) return patch(pick(database.extensionIds))
    if (share < 0.95) return { method: 'DELETE', path: `${PATH}${created.shift()}/`, expected: 204 }
    return pick(bad)()
  }

  return async () => {
    const request = next()
    const { method, path, body, token = database.token, expected } = request
    const headers = { authorization: `Token ${token}`, ...(body && { 'content-type': 'application/json' }) }
    const answer = await fetch(`${origin}${path}`, { method, headers, body })
    const text = await answer.text()
    if (answer.status !== expected) {
      throw new Error(`${method} ${path} ${body ?? ''} was answered ${answer.status}, not ${expected}: ${text}`)
    }
    if (expected === 201) created.push((JSON.parse(text) as { id: string }).id)
  }
}

const FIELDS = [
  'extension',
  'effective_caller_id_name',
  'enabled',
  'description',
  'user_context',
  'call_timeout',
  'created',
  'updated',
  'hold_music',
]
