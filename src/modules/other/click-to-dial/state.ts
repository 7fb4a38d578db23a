/** What became of calls by a click: a row for each, for a day, so that it is known on every replica. */
import { commands } from '../../../freeswitch/commands.ts'
import { toldRows } from '../../../freeswitch/replies/rows.ts'
import type { Chore } from '../../../plugins/chores.ts'
import type { Predicate } from '../../../rest/access.ts'
import type { Caller } from '../../../rest/caller.ts'
import type { Connection, Database } from '../../../rest/database.ts'
import { modelOf, type Row } from '../../../rest/model/model.ts'
import { whereSql } from '../../../rest/read/where.ts'
import type { Services } from '../../../rest/services.ts'
import { Sql } from '../../../rest/sql.ts'
import { domainRows } from '../../access.ts'
import { ask } from '../live/ask.ts'

export const STATUSES = ['dialling', 'ringing', 'answered', 'ended', 'failed'] as const
export type Status = (typeof STATUSES)[number]

type Call = Row<'ClickedCall'>
export type NewCall = Omit<Call, 'status' | 'cause' | 'created' | 'updated'>

/** Keeps a call that is about to be made. */
export async function keepCall(database: Connection, call: NewCall): Promise<void> {
  const { id, user_id, domain_id, extension_id, extension, host, dest } = call
  await database.run({
    text: `INSERT INTO "clicked_calls" ("id", "user_id", "domain_id", "extension_id", "extension", "host", "dest")
      VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [id, user_id, domain_id, extension_id, extension, host, dest],
  })
}

/** Writes down what became of a call. What has ended has ended. */
export async function settle(database: Connection, id: string, status: Status, cause: string | null = null) {
  await database.run({
    text: `UPDATE "clicked_calls" SET "status" = $2, "cause" = left($3, 128), "updated" = now()
      WHERE "id" = $1 AND "status" NOT IN ('ended', 'failed') AND "status" <> $2`,
    values: [id, status, cause],
  })
}

/** How a call stands now; undefined where there is none that this caller may know of. */
export async function stateOf(services: Services, caller: Caller, id: string): Promise<Call | undefined> {
  const { database } = services
  const call = await callOf(database, caller, id)
  if (!call || call.status === 'ended' || call.status === 'failed') return call
  const status = await statusOnSwitch(services, call)
  if (status === undefined || status === call.status) return call
  await settle(database, id, status)
  return (await callOf(database, caller, id)) ?? call
}

async function callOf(database: Connection, caller: Caller, id: string): Promise<Call | undefined> {
  const sql = new Sql()
  const where = whereSql(sql, modelOf('ClickedCall'), 't', [
    { path: 'id', lookup: 'exact', value: id },
    ...callsOf(caller),
  ])
  const [row] = await database.run(sql.statement(`SELECT row_to_json(t)::text FROM "clicked_calls" t WHERE ${where}`))
  return row && (JSON.parse(String(row[0])) as Call)
}

/** Who asked for a call knows of it, and so do the administrators of the tenant. */
function callsOf(caller: Caller): Predicate[] {
  if (caller.role === 'admin_api') return []
  const own: Predicate = { path: 'user_id', lookup: 'exact', value: caller.userId }
  return [caller.role === 'minor_admin_api' ? { any: [own, ...domainRows('domain_id')(caller)] } : own]
}

/** A switch tells of a new call with a delay; and who made it may be about to write down why it failed. */
const PATIENCE_MS = 5000

async function statusOnSwitch({ fleet }: Services, call: Call): Promise<Status | undefined> {
  const link = fleet.link(call.host)
  const channels = link && (await ask(link, commands.channels(), toldRows))
  if (!channels) return undefined
  const channel = channels.find(({ uuid }) => uuid?.toLowerCase() === call.id)
  if (channel) return statusOf(channel.callstate)
  if (call.status === 'answered') return 'ended'
  return Date.now() - Date.parse(call.created) > PATIENCE_MS ? 'ended' : undefined
}

function statusOf(callstate = ''): Status {
  if (callstate === 'RINGING' || callstate === 'EARLY') return 'ringing'
  return callstate === 'DOWN' || callstate === 'DIALING' ? 'dialling' : 'answered'
}

/** Calls are forgotten after a day. */
export const forgetting = (database: Database): Chore => ({
  name: 'old calls by a click',
  everyMs: 3_600_000,
  run: async () => {
    await database.run({ text: `DELETE FROM "clicked_calls" WHERE "created" < now() - interval '1 day'`, values: [] })
  },
})
