/** Sends one mail that was claimed, and settles what became of it. */
import type { Readable } from 'node:stream'
import { addressesIn } from '../../../mail/addresses.ts'
import { MailError, sendMail } from '../../../mail/send.ts'
import type { MediaStore } from '../../../media/store.ts'
import type { Database } from '../../../rest/database.ts'
import { settingSql } from '../../tenants/settings.ts'
import { attachmentName, type Enclosed, letterOf, type Told } from './letter.ts'
import { makeLink, removeLink } from './links.ts'
import { mailServerOf, NotSetUp } from './mail-server.ts'
import { type Claimed, settleFailed, settleNeedless, settleSent, settleUnset } from './queue.ts'

export interface Sender {
  readonly database: Database
  readonly media: MediaStore
  /** What links begin with. Unset: there are none. */
  readonly publicUrl: string | undefined
  readonly timeZone: string
}

/** Settles whatever happens; throws only where the database cannot be told. */
export async function sendClaimed(sender: Sender, claimed: Claimed): Promise<void> {
  const { database } = sender
  const job = await jobOf(database, claimed)
  if (!job) return // The message is gone, and the mail with it.
  if (job.status === 'deleted') return settleNeedless(database, claimed, 'The message was deleted before.')
  const to = addressesIn(job.mailTo)
  if (to.length === 0) return settleNeedless(database, claimed, 'The box has no e-mail address.')
  const outcome = await send(sender, claimed, job, to).catch((error: Error) => error)
  if (!(outcome instanceof Error)) return settleTaken(database, claimed, outcome)
  if (outcome instanceof NotSetUp) return settleUnset(database, claimed, outcome.message)
  if (outcome instanceof MailError) return settleFailed(database, claimed, outcome.message)
  // What the database or the disk says may hold anything.
  await settleFailed(database, claimed, `The mail could not be made: ${outcome.name}.`)
}

/** Whatever becomes of the message, a mail that was taken is not sent again for it. */
async function settleTaken(
  database: Database,
  claimed: Claimed,
  { refused, note, messageGoes }: Outcome,
): Promise<void> {
  const notes = [note, refused.length > 0 ? `Refused: ${refused.join(', ')}` : undefined].filter(Boolean).join(' ')
  // Somebody who did not get it may want to hear it.
  const goes = messageGoes && refused.length === 0
  try {
    await settleSent(database, claimed, notes || null, goes)
  } catch (error) {
    if (!goes) throw error
    await settleSent(database, claimed, `${notes} The message could not be deleted.`.trim(), false)
  }
}

interface Job extends Told {
  readonly status: string
  readonly storedAs: string | null
  readonly contentType: string | null
  readonly domainId: string | null
  readonly mailTo: string | null
  readonly cc: string | null
  readonly attachFile: string
  readonly localAfterEmail: boolean
  readonly linkDays: string | null
}

const JOB = `
  SELECT json_build_object(
    'status', m."status", 'storedAs', m."stored_as", 'contentType', m."content_type", 'urgent', m."urgent",
    'callerName', m."caller_id_name", 'callerNumber', m."caller_id_number", 'left', m."created",
    'seconds', m."duration", 'mailTo', v."mail_to", 'cc', v."cc", 'attachFile', v."attach_file",
    'localAfterEmail', v."local_after_email", 'extension', e."extension", 'domainId', e."domain_id",
    'domain', d."name", 'linkDays', ${settingSql('voicemail', 'link_days', 'e."domain_id"')})::text
  FROM "voicemail_messages" m JOIN "voicemails" v ON v."id" = m."voicemail_id"
  LEFT JOIN "extensions" e ON e."id" = v."extension_id" LEFT JOIN "domains" d ON d."id" = e."domain_id"
  WHERE m."id" = $1`

async function jobOf(database: Database, { messageId }: Claimed): Promise<Job | undefined> {
  const [row] = await database.run({ text: JOB, values: [messageId] })
  return row && (JSON.parse(row[0] as string) as Job)
}

interface Outcome {
  readonly refused: readonly string[]
  readonly note: string | undefined
  /** The mail holds the audio, and the box keeps none that was sent. */
  readonly messageGoes: boolean
}

async function send(sender: Sender, claimed: Claimed, job: Job, to: readonly string[]): Promise<Outcome> {
  const { database, timeZone } = sender
  const server = await mailServerOf(database, job.domainId)
  const { enclosed, audio, linkPath, note } = await enclose(sender, claimed, job)
  try {
    const cc = addressesIn(job.cc).filter((address) => !to.includes(address))
    const { refused } = await sendMail(server, {
      to,
      cc,
      ...letterOf(job, enclosed, timeZone),
      messageId: `<voicemail-${claimed.id}@${server.from.address.split('@')[1]}>`,
      ...(audio && { attachment: { ...audio, name: attachmentName(job, audio.type, timeZone) } }),
    })
    return { refused, note, messageGoes: audio !== undefined && !job.localAfterEmail }
  } catch (error) {
    if (linkPath !== undefined) await removeLink(database, linkPath)
    throw error
  }
}

interface Enclosure {
  readonly enclosed: Enclosed
  readonly audio?: { readonly type: string; readonly content: Readable }
  readonly linkPath?: string
  readonly note?: string
}

const NONE: Enclosure = { enclosed: { kind: 'none' } }

/** Opens the audio, or makes a link to it, as the box wants it. */
async function enclose({ database, media, publicUrl }: Sender, claimed: Claimed, job: Job): Promise<Enclosure> {
  const { storedAs, attachFile } = job
  if (storedAs === null || attachFile === 'false') return NONE
  if (attachFile === 'link') {
    if (publicUrl === undefined) return { ...NONE, note: 'Without a link: PUBLIC_URL is not set.' }
    const days = daysOf(job.linkDays)
    const linkPath = await makeLink(database, claimed.messageId, days)
    return { enclosed: { kind: 'link', url: `${publicUrl}${linkPath}`, days }, linkPath }
  }
  const content = await media.open(storedAs)
  if (!content) return { ...NONE, note: 'Without the audio: its file is missing.' }
  const type = job.contentType ?? 'application/octet-stream'
  return { enclosed: { kind: 'attachment' }, audio: { type, content } }
}

const LINK_DAYS = 7
const MOST_LINK_DAYS = 365

function daysOf(text: string | null): number {
  const days = /^\s*\d{1,3}\s*$/.test(text ?? '') ? Number(text) : LINK_DAYS
  return Math.min(Math.max(days, 1), MOST_LINK_DAYS)
}
