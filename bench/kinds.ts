/** The four requests of the bench, and what counts as the same answer to them. */
import { isDeepStrictEqual } from 'node:util'
import type { LoadRequest } from 'autocannon'
import type { BenchDatabase } from './support/data.ts'
import type { ServerProcess } from './support/processes.ts'

export interface Kind {
  readonly name: string
  readonly description: string
  /** Our requests a second over the ceiling's, at least. */
  readonly target: number
  /** What is sent, in turn; rows are created in the given domain. */
  requests(database: BenchDatabase, domainId: string): LoadRequest[]
}

const PATH = '/api/extensions/'
const get = (path: string): LoadRequest => ({ method: 'GET', path })

export const KINDS: readonly Kind[] = [
  {
    name: 'list',
    description: 'list of 25 with count, pages 1 to 4',
    target: 1,
    requests: () => [get(PATH), ...[2, 3, 4].map((page) => get(`${PATH}?page=${page}`))],
  },
  {
    name: 'filtered',
    description: 'list of 25 filtered three ways, ordered and counted, in each of 20 domains',
    target: 1,
    requests: ({ domainIds }) =>
      domainIds.map((id) => get(`${PATH}?domain_id=${id}&enabled=true&extension__contains=10&ordering=-extension`)),
  },
  {
    name: 'row',
    description: 'one row, 200 of them in turn',
    target: 1,
    requests: ({ extensionIds }) =>
      extensionIds.filter((_, index) => index % 10 === 0).map((id) => get(`${PATH}${id}/`)),
  },
  {
    name: 'create',
    description: 'create (ours with its voicemail box, in one transaction)',
    target: 0.35,
    requests: (_, domainId) => [{ setupRequest: (request) => ({ ...request, ...creation(domainId) }) }],
  },
]

let lastNumber = 100_000

/** A create as the guide shows it, with a number that was not used before. */
export function creation(domainId: string): LoadRequest {
  const extension = String(++lastNumber)
  const body = {
    domain_id: domainId,
    extension,
    password: 'secure-password-123',
    effective_caller_id_name: 'John Doe',
    effective_caller_id_number: extension,
    enabled: true,
  }
  return { method: 'POST', path: PATH, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** Throws unless both servers answer every kind with the same JSON. */
export async function checkSameAnswers(
  servers: readonly ServerProcess[],
  database: BenchDatabase,
  kinds: readonly Kind[],
  domainId: string,
): Promise<void> {
  for (const kind of kinds) {
    const requests = kind.name === 'create' ? [creation(domainId)] : kind.requests(database, domainId)
    for (const request of requests) {
      const answers: unknown[] = []
      for (const server of servers) {
        answers.push(await answer(server, database.token, request))
        if (request.method === 'POST') await database.empty([domainId])
      }
      if (answers.some((each) => !isDeepStrictEqual(each, answers[0]))) {
        throw new Error(
          `The servers answer ${kind.name} differently:\n${answers.map((a) => JSON.stringify(a)).join('\n')}`,
        )
      }
    }
  }
}

/** What the server says, without what cannot be the same: its address and, of a new row, its id and times. */
async function answer({ origin }: ServerProcess, token: string, request: LoadRequest): Promise<unknown> {
  const { method, path, headers, body } = request
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { ...headers, authorization: `Token ${token}` },
    body,
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${origin}${path} was answered ${response.status}: ${text}`)
  const json = JSON.parse(text.replaceAll(origin, '')) as Record<string, unknown>
  return method === 'POST' ? { ...json, id: '', url: '', created: '', updated: '' } : json
}
