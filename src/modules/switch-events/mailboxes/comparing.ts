/**
 * Holds a mailbox here against the switch's: messages that are new there come here, those heard there are read here, and
 * those deleted there are deleted here. What the switch has still to be told is not believed to be as it says.
 */
import { commands } from '../../../freeswitch/commands.ts'
import type { SwitchLink } from '../../../freeswitch/fleet.ts'
import type { Database } from '../../../rest/database.ts'
import { timeOf } from '../../voicemail/intake/posted.ts'
import { completeMessage, type Keeping, keepMessage } from './keeping.ts'
import { leftThere } from './left.ts'
import { readListing } from './listing.ts'

export interface Comparing extends Keeping {
  readonly link: SwitchLink
  readonly database: Database
}

export interface Mailbox {
  readonly user: string
  readonly domain: string
}

/** Tells whether all is settled; if not, the switch has not yet everything that it told of. */
export async function compareMailbox(comparing: Comparing, { user, domain }: Mailbox): Promise<boolean> {
  const { link, switchName } = comparing
  const mailbox = `${user}@${domain}`
  // Before the listing, so that what is deleted here meanwhile does not come back.
  const { messages, pending } = await knownIn(comparing, mailbox)
  const listed = readListing(await link.send(commands.voicemailList(user, domain)))
  if (!listed) throw new Error(`The switch "${switchName}" did not list the mailbox ${mailbox}.`)
  const byPath = new Map(messages.map((message) => [message.path, message]))
  const heard: { id: string; at: string }[] = []
  for (const one of listed) {
    if (pending.has(one.uuid)) continue
    const known = byPath.get(one.path)
    if (!known) {
      const left = leftThere(one, switchName, user, domain)
      if (left) await keepMessage(comparing, left)
    } else {
      if (known.status === 'new' && one.read !== '0') {
        heard.push({ id: known.id, at: timeOf(one.read) ?? new Date().toISOString() })
      }
      if (known.onSwitch) await completeMessage(comparing, { ...known, mailbox })
    }
  }
  const paths = new Set(listed.map(({ path }) => path))
  const missing = messages.filter(({ path, uuid }) => uuid !== null && !paths.has(path) && !pending.has(uuid))
  const gone = missing.filter(({ settled }) => settled).map(({ id }) => id)
  await settle(comparing, heard, gone)
  return gone.length === missing.length
}

interface Known {
  readonly id: string
  readonly uuid: string | null
  readonly path: string
  readonly status: string
  readonly onSwitch: boolean
  readonly tenant: string | null
  /** A switch tells of a message a moment before it lists it. */
  readonly settled: boolean
}

async function knownIn(
  { database, switchName }: Comparing,
  mailbox: string,
): Promise<{ messages: Known[]; pending: ReadonlySet<string> }> {
  const [row] = await database.run({ text: KNOWN, values: [switchName, mailbox] })
  const [messages, pending] = row as [Known[], string[]]
  return { messages, pending: new Set(pending) }
}

async function settle(
  { database }: Comparing,
  heard: readonly { id: string; at: string }[],
  gone: readonly string[],
): Promise<void> {
  if (heard.length === 0 && gone.length === 0) return
  await database.transaction(async (tx) => {
    await tx.run({ text: `SELECT set_config('pbx.told_by_switch', 'on', true)`, values: [] })
    await tx.run({ text: HEARD, values: [heard.map(({ id }) => id), heard.map(({ at }) => at)] })
    await tx.run({ text: GONE, values: [gone] })
  })
}

const KNOWN = `SELECT
  coalesce((SELECT json_agg(json_build_object('id', m."id", 'uuid', m."switch_uuid", 'path', m."switch_path",
      'status', m."status", 'onSwitch', m."on_switch", 'tenant', e."domain_id",
      'settled', m."updated" < now() - interval '10 seconds'))
    FROM "voicemail_messages" m LEFT JOIN "voicemails" v ON v."id" = m."voicemail_id"
    LEFT JOIN "extensions" e ON e."id" = v."extension_id"
    WHERE m."switch_name" = $1 AND m."switch_mailbox" = $2), '[]'),
  coalesce((SELECT json_agg(t."subject"[3]) FROM "switch_tasks" t
    WHERE t."switch" = $1 AND t."kind" LIKE 'voicemail\\_%' AND t."subject"[1] || '@' || t."subject"[2] = $2), '[]')`

const HEARD = `UPDATE "voicemail_messages" m SET "status" = 'read', "read" = h."at", "updated" = now(), "updated_by" = 'switch'
  FROM unnest($1::uuid[], $2::timestamptz[]) AS h("id", "at") WHERE m."id" = h."id" AND m."status" = 'new'`

const GONE = `UPDATE "voicemail_messages" SET "status" = 'deleted', "switch_uuid" = NULL, "updated" = now(), "updated_by" = 'switch'
  WHERE "id" = ANY($1::uuid[])`
