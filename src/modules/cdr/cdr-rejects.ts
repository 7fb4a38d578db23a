import { rights } from '../../rest/access.ts'
import type { ActionContext } from '../../rest/asking.ts'
import { conflict } from '../../rest/errors.ts'
import { resource } from '../../rest/resource.ts'
import type { Received } from './intake/received.ts'

/** Call records that could not be stored. They are kept whole, and can be tried again once the reason is gone. */
export const cdrRejects = resource('CdrReject', {
  path: 'cdr_rejects',
  hidden: ['body', 'digest'],
  order: ['-created'],
  search: ['reason', 'call_uuid', 'record'],
  flags: { norecord: 'record' },
  access: { admin_api: rights(['list', 'retrieve', 'delete'], () => []) },
  actions: {
    retry: {
      on: 'row',
      methods: ['POST'],
      roles: ['admin_api'],
      summary: 'Try to store the record again; it is a reject no longer when it is stored',
      answer: {
        type: 'object',
        properties: { status: { enum: ['stored', 'dropped'] }, id: { type: ['string', 'null'], format: 'uuid' } },
      },
      async run(context, row) {
        const outcome = await retry(context, row as unknown as Reject)
        if (outcome.kind === 'refused') throw conflict(outcome.reason)
        return { status: outcome.kind, id: outcome.kind === 'stored' ? outcome.id : null }
      },
    },
    retry_all: {
      on: 'collection',
      methods: ['POST'],
      roles: ['admin_api'],
      summary: 'Try to store all rejects again, the oldest first',
      answer: {
        type: 'object',
        properties: { stored: { type: 'integer' }, rejected: { type: 'integer' } },
      },
      run: retryAll,
    },
  },
})

interface Reject {
  readonly id: string
  readonly call_uuid: string | null
  readonly content_type: string
  readonly source: string
  /** As PostgreSQL writes bytes in JSON: `\x` and hexadecimal digits. */
  readonly body: string
}

/** A record that is stored leaves the rejects; one that is not gets its new reason. */
async function retry({ services: { database, callRecords } }: ActionContext, reject: Reject) {
  const received: Received = {
    body: Buffer.from(reject.body.slice(2), 'hex'),
    uuid: reject.call_uuid ?? undefined,
    contentType: reject.content_type,
    source: reject.source,
  }
  const outcome = await callRecords.store(received)
  const change =
    outcome.kind === 'refused'
      ? {
          text: 'UPDATE "cdr_rejects" SET "reason" = $2, "attempts" = "attempts" + 1, "updated" = now() WHERE "id" = $1',
          values: [reject.id, outcome.reason],
        }
      : { text: 'DELETE FROM "cdr_rejects" WHERE "id" = $1', values: [reject.id] }
  await database.run(change)
  return outcome
}

async function retryAll(context: ActionContext): Promise<{ stored: number; rejected: number }> {
  const { database } = context.services
  const ids = await database.run({ text: 'SELECT "id" FROM "cdr_rejects" ORDER BY "created"', values: [] })
  const told = { stored: 0, rejected: 0 }
  for (const [id] of ids) {
    // One at a time: bodies are large.
    const text = 'SELECT row_to_json(t)::text FROM "cdr_rejects" t WHERE "id" = $1'
    const [row] = await database.run({ text, values: [id] })
    if (!row) continue
    const { kind } = await retry(context, JSON.parse(row[0] as string) as Reject)
    told[kind === 'refused' ? 'rejected' : 'stored'] += 1
  }
  return told
}
