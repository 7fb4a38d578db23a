/** Asking switches what they know: all of them at once, and each only once however many want to know at a time. */
import type { Command } from '../../../freeswitch/commands.ts'
import type { Fleet, SwitchLink } from '../../../freeswitch/fleet.ts'
import { ApiError, unavailable } from '../../../rest/errors.ts'

export interface Told<T> {
  readonly link: SwitchLink
  readonly told: T
}

/** What the switches answered that could be asked, and how many could not, or made no sense. */
export interface Answers<T> {
  readonly answers: readonly Told<T>[]
  readonly unreached: number
}

/**
 * Asks every switch. `latest`: what is true from now on, not what was answered to somebody else's question on the way.
 * When none can be asked it is a 503 that says what is therefore not known.
 */
export async function askAll<T>(
  fleet: Fleet,
  command: Command,
  read: (reply: string) => T | undefined,
  { latest, unknown }: { readonly latest: boolean; readonly unknown: string },
): Promise<Answers<T>> {
  const all = await Promise.all(
    fleet.links.map(async (link) => ({ link, told: await ask(link, command, read, latest) })),
  )
  const answers = all.flatMap(({ link, told }) => (told === undefined ? [] : [{ link, told }]))
  if (answers.length === 0) throw unavailable(`No telephone switch is connected to this server, so ${unknown}.`)
  return { answers, unreached: all.length - answers.length }
}

/** What one switch answers; undefined where it cannot be asked or what it says is not understood. */
export async function ask<T>(
  link: SwitchLink,
  command: Command,
  read: (reply: string) => T | undefined,
  latest = false,
): Promise<T | undefined> {
  if (link.state !== 'connected') return undefined
  try {
    return read(await (latest ? link.send(command) : shared(link, command)))
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

/** Questions on their way, by their text. */
const asked = new WeakMap<SwitchLink, Map<string, Promise<string>>>()

/** Dashboards ask the same every few seconds: who comes while a question is on its way waits for its answer. */
function shared(link: SwitchLink, command: Command): Promise<string> {
  const open = asked.get(link) ?? new Map<string, Promise<string>>()
  asked.set(link, open)
  const known = open.get(command.text)
  if (known) return known
  const answer = link.send(command).finally(() => open.delete(command.text))
  open.set(command.text, answer)
  return answer
}
