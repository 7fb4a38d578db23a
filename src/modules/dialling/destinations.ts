/** Where a call may be sent, as people of a tenant write it: a number, or what a dialplan is to do. */
import { literalError, variablesError } from '../../freeswitch/dialplan/expansion.ts'
import type { Role } from '../../rest/caller.ts'
import type { Connection } from '../../rest/database.ts'
import { Sql } from '../../rest/sql.ts'
import { isFeatureCode } from './feature-codes.ts'
import { dialledBy } from './numbers.ts'

/** What the switch is to do with the call. */
export interface Destination {
  readonly application: string
  readonly data: string
}

/** The tenant in whose context a call is. */
export interface Place {
  readonly id: string
  readonly name: string
}

type Reader = Pick<Connection, 'run'>
type Resolved = Destination | { readonly error: string }

/** The tenant of a row, if it has one. */
export async function domainOf(db: Reader, domainId: string | null | undefined): Promise<Place | undefined> {
  if (!domainId) return undefined
  const [row] = await db.run({ text: 'SELECT "id", "name" FROM "domains" WHERE "id" = $1', values: [domainId] })
  return row && { id: String(row[0]), name: String(row[1]) }
}

/**
 * Reads a destination of a tenant:
 *
 * - a number inside: an extension, its alias, a ring group, IVR menu, queue, a voicemail box (`*99` and the extension),
 *   or what a dialplan of the tenant answers to (`*97`, a time condition's number);
 * - a number outside: `+` and digits, or seven digits and more, which the tenant's outbound routes take;
 * - an application with its data, as `transfer:1001 XML acme.example.com` or `transfer 1001 XML acme.example.com`;
 *   `1001 XML acme.example.com` is a transfer too.
 *
 * Who administers one tenant has few applications, and none leads out of its context; what another tenant has and what
 * nobody has are the same to it. Administrators of the system may write any application.
 */
export async function resolveDestination(
  db: Reader,
  domain: Place,
  text: string,
  role: Role,
): Promise<Destination | { error: string }> {
  const written = splitDestination(text)
  if ('error' in written) return written
  if ('number' in written) return numberDestination(db, domain, written.number)
  return role === 'admin_api' ? anyApplication(written) : allowedApplication(db, domain, written)
}

/** The same of text that is stored: it was checked when it was written, and what it names may have gone since. */
export function storedDestination(domain: Place, text: string): Destination | undefined {
  const written = splitDestination(text)
  if ('error' in written) return undefined
  const read = 'number' in written ? transferTo(domain, written.number) : anyApplication(written)
  return 'error' in read ? undefined : read
}

function splitDestination(text: string): Destination | { readonly number: string } | { readonly error: string } {
  const written = text.trim()
  if (written === '') return { error: 'Give a number, or an application such as transfer:1001 XML and the domain.' }
  if (written.length > LONGEST) return { error: `A destination has at most ${LONGEST} characters.` }
  const [, word = '', data = ''] = APPLICATION.exec(TRANSFER.test(written) ? `transfer ${written}` : written) ?? []
  const application = word.toLowerCase()
  if (application !== '' && (data !== '' || ALONE.has(application))) return { application, data }
  return isNumber(written) ? { number: written } : { error: NO_NUMBER }
}

const LONGEST = 512
const APPLICATION = /^([A-Za-z_][\w-]*)(?:\s*[:\s]\s*(.*))?$/s
const TRANSFER = /^[^\s:]+\s+XML(?:\s|$)/i
/** Applications that need no data; any other single word is a number. */
const ALONE = new Set(['hangup', 'answer'])

/** What is said of text that is none. */
export const NO_NUMBER = 'A number has digits, letters and * # + . _ - only.'

/** Whether text can be a number at all: nothing in it means anything to a dialplan. */
export const isNumber = (text: string): boolean => /^[0-9A-Za-z*#+._-]{1,64}$/.test(text)

async function numberDestination(db: Reader, domain: Place, number: string): Promise<Resolved> {
  const error = await numberError(db, domain, number)
  return error === undefined ? transferTo(domain, number) : { error }
}

const transferTo = ({ name }: Place, number: string): Resolved => {
  const error = literalError(name)
  return error === undefined
    ? { application: 'transfer', data: `${number} XML ${name}` }
    : { error: `The name of the domain: ${error}` }
}

/** Why calls of a tenant cannot be sent to a number; undefined: they can. */
export async function numberError(db: Reader, domain: Place, number: string): Promise<string | undefined> {
  if (!isNumber(number)) return NO_NUMBER
  const [, box] = /^\*99(\d{2,10})$/.exec(number) ?? []
  if (box !== undefined) return (await hasBox(db, domain, box)) ? undefined : nothingHas(number)
  const [inside] = await dialledBy(db, domain.id, [number])
  if (inside !== undefined || OUTSIDE.test(number)) return undefined
  return (await isFeatureCode(db, domain, number)) ? undefined : nothingHas(number)
}

const OUTSIDE = /^(?:\+\d{3,20}|\d{7,20})$/

const nothingHas = (number: string): string =>
  `There is no extension, ring group, IVR menu, queue or voicemail box ${number} in this domain.`

async function hasBox(db: Reader, domain: Place, extension: string): Promise<boolean> {
  const sql = new Sql()
  const where = `e."domain_id" = ${sql.param(domain.id)} AND e."extension" = ${sql.param(extension)}`
  const text = `SELECT 1 FROM "voicemails" v JOIN "extensions" e ON e."id" = v."extension_id" WHERE ${where} LIMIT 1`
  return (await db.run(sql.statement(text))).length > 0
}

function anyApplication(written: Destination): Resolved {
  const error = variablesError(written.data)
  return error === undefined ? written : { error }
}

/** The applications of those who administer one tenant. */
async function allowedApplication(db: Reader, domain: Place, { application, data }: Destination): Promise<Resolved> {
  const read = Object.hasOwn(ALLOWED, application) ? ALLOWED[application] : undefined
  if (read) return read(db, domain, data)
  return { error: `Give a number, or one of ${Object.keys(ALLOWED).join(', ')} with what it needs.` }
}

const ALLOWED: Readonly<Record<string, (db: Reader, domain: Place, data: string) => Promise<Resolved> | Resolved>> = {
  transfer,
  bridge,
  voicemail,
  playback,
  hangup: (_db, _domain, data) =>
    /^[A-Z0-9_]{0,48}$/.test(data)
      ? { application: 'hangup', data }
      : { error: 'hangup takes nothing, or a cause such as USER_BUSY.' },
  answer: (_db, _domain, data) =>
    data === '' ? { application: 'answer', data } : { error: 'answer takes nothing after it.' },
}

/** The words that mean the tenant's own context. */
const isOwn = (domain: Place, word: string): boolean =>
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  [domain.name, '${domain_name}', '${context}'].includes(word)

async function transfer(db: Reader, domain: Place, data: string): Promise<Resolved> {
  const [number = '', dialplan = 'XML', context = domain.name, ...rest] = data.split(/\s+/)
  const stays = dialplan.toUpperCase() === 'XML' && isOwn(domain, context) && rest.length === 0
  if (!stays) return { error: `A transfer stays in this domain: write transfer:NUMBER XML ${domain.name}.` }
  return numberDestination(db, domain, number)
}

async function bridge(db: Reader, domain: Place, data: string): Promise<Resolved> {
  const users = data.split(',').map((leg) => /^user\/([0-9A-Za-z*#+._-]{1,64})@([^@\s]+)$/.exec(leg.trim()))
  const own = users.length <= MOST_LEGS && users.every((user) => user !== null && isOwn(domain, user[2]!))
  if (!own) return { error: `bridge reaches extensions of this domain: write bridge:user/NUMBER@${domain.name}.` }
  const numbers = users.map((user) => user![1]!)
  const known = await dialledBy(db, domain.id, numbers)
  const extensions = new Set(known.filter(({ kind }) => kind === 'extension').map(({ number }) => number))
  const missing = numbers.find((number) => !extensions.has(number))
  if (missing !== undefined) return { error: `There is no extension ${missing} in this domain.` }
  return { application: 'bridge', data: numbers.map((number) => `user/${number}@${domain.name}`).join(',') }
}

const MOST_LEGS = 20

async function voicemail(db: Reader, domain: Place, data: string): Promise<Resolved> {
  const [profile, place = '', box = '', ...rest] = data.split(/\s+/)
  const stays = profile === 'default' && isOwn(domain, place) && /^\d{1,20}$/.test(box) && rest.length === 0
  if (!stays) return { error: `Write voicemail:default ${domain.name} NUMBER, or *99 and the number.` }
  if (!(await hasBox(db, domain, box))) return { error: nothingHas(`*99${box}`) }
  return { application: 'voicemail', data: `default ${domain.name} ${box}` }
}

/** Sounds that come with the switch, the tenant's recordings, tones and silence; no other place of machine or network. */
function playback(_db: Reader, domain: Place, data: string): Resolved {
  return isSound(domain, data) ? { application: 'playback', data } : { error: `playback takes a sound: ${SOUNDS}.` }
}

/** What {@link isSound} takes, for people. */
export const SOUNDS =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  'a file such as ivr/ivr-welcome.wav, ${recordings_dir}/${domain_name}/FILE, tone_stream://, silence_stream:// or local_stream://'

/** Whether text names a sound below the switch's own folders, one of the tenant's recordings, a tone, silence or music. */
export function isSound(domain: Place, text: string): boolean {
  const [, place, name] = /^\$\{recordings_dir\}\/([^/]+)\/([^/]+)$/.exec(text) ?? []
  if (place !== undefined && isOwn(domain, place)) return /^\w[\w .+-]*$/.test(name!)
  if (/^\w[\w +-]*(?:\/[\w+-][\w +-]*)*(?:\.[A-Za-z0-9]{2,4})?$/.test(text)) return true
  const [, owner, music] = /^local_stream:\/\/(?:([^/]+)\/)?([\w-]+)$/.exec(text) ?? []
  if (music !== undefined) return owner === undefined || owner === domain.name
  return /^(?:tone_stream:\/\/[%(),;=\w.+-]+|silence_stream:\/\/\d{1,7})$/.test(text)
}
