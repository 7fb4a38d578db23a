/** What text of a tenant may stand where in a dialplan: why it may not, or undefined. */
import { literalError, variablesError } from '../../freeswitch/dialplan/expansion.ts'
import type { Caller } from '../../rest/caller.ts'
import type { Connection } from '../../rest/database.ts'
import { isNumber, isSound, NO_NUMBER, type Place, resolveDestination, SOUNDS } from './destinations.ts'

/** Text inside the braces of a dial string, such as a caller's name: nothing there ends it or begins another. */
export function legTextError(text: string): string | undefined {
  if (LEG_MEANS.test(text))
    return 'May not contain any of [ ] { } < > ( ) , | : = \' " \\ ^ there, as a dial string would end.'
  return literalError(text)
}

const LEG_MEANS = /[[\]{}<>(),|:='"\\^]/

/** A number, or part of one. */
export const numberTextError = (text: string): string | undefined => (isNumber(text) ? undefined : NO_NUMBER)

/** Something that is played. Administrators of the system may name any place, those of a tenant what is theirs. */
export function soundError(
  text: string,
  domain: Place | undefined,
  { role }: Pick<Caller, 'role'>,
): string | undefined {
  if (role === 'admin_api') return variablesError(text)
  return domain && (isSound(domain, text) || SPOKEN.test(text)) ? undefined : `Name ${SOUNDS}.`
}

/** Text that is spoken, and phrases that the switch's administrator made. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is kept out
const SPOKEN = /^(?:say|phrase):[^$\\{}[\]<>\u0000-\u001f\u007f]+$/

/** What callers hear while it rings: a sound, a tone's description, or one of the switch's own ringing tones. */
export function ringbackError(
  text: string,
  domain: Place | undefined,
  caller: Pick<Caller, 'role'>,
): string | undefined {
  if (/^(?:\$\{[a-z]{2,8}-ring\}|(?:%\([\d,.\s]+\);?)+)$/.test(text)) return undefined
  return soundError(text, domain, caller)
}

/**
 * The destination that two columns say together, an application and its data, where DjangoPBX has the application in
 * both: `transfer` and `transfer:1001 XML acme.example.com`.
 */
export function destinationText(application: string | null, data: string | null): string | undefined {
  const how = application?.trim() ?? ''
  const what = data?.trim() ?? ''
  if (how === '' || what === '') return how || what || undefined
  return how === 'transfer' || NAMES_APPLICATION.test(what) ? what : `${how}:${what}`
}

/** An application and a colon, and not the scheme of a sound. */
const NAMES_APPLICATION = /^(?:[A-Za-z_][\w-]*:(?!\/\/)|hangup$)/

/** Why {@link destinationText}'s destination cannot be one of the tenant's. */
export async function destinationError(
  db: Pick<Connection, 'run'>,
  domain: Place | undefined,
  { application, data }: { readonly application: string | null; readonly data: string | null },
  { role }: Caller,
): Promise<string | undefined> {
  const text = destinationText(application, data)
  if (text === undefined || domain === undefined) return variablesError(text ?? '')
  if (!data && text !== 'hangup') return `Say where: ${text} needs a number or what else it takes.`
  const resolved = await resolveDestination(db, domain, text, role ?? 'user_api')
  return 'error' in resolved ? resolved.error : undefined
}

/** A number as the regular expression that holds for it alone. */
export const exactly = (number: string): string => `^${number.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`
