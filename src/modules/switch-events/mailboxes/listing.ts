/**
 * What a switch says is in a mailbox: `vm_list user@domain xml`. It escapes nothing, so this is no XML that a reader of
 * XML could read: each element is a line, and what callers choose (their names) may hold anything but a line's end.
 */

export interface Listed {
  readonly uuid: string
  readonly path: string
  readonly callerName: string
  readonly callerNumber: string
  /** When it was left, in seconds since 1970. */
  readonly created: string
  /** When it was heard; 0: not yet. */
  readonly read: string
  readonly seconds: string
}

const ELEMENTS = [
  'created_epoch',
  'read_epoch',
  'username',
  'domain',
  'folder',
  'path',
  'uuid',
  'cid-name',
  'cid-number',
  'message-len',
] as const

/** Undefined where it is no whole listing: what it does not name may be there all the same. */
export function readListing(reply: string): Listed[] | undefined {
  const lines = reply.trim().split(/\r?\n/)
  if (lines[0]?.trim() !== '<voicemail>' || lines.at(-1)?.trim() !== '</voicemail>') return undefined
  const messages: Listed[] = []
  const length = ELEMENTS.length + 2
  const inside = lines.slice(1, -1)
  if (inside.length % length !== 0) return undefined
  for (let start = 0; start < inside.length; start += length) {
    const [opening, ...rest] = inside.slice(start, start + length)
    if (opening!.trim() !== '<message>' || rest.pop()!.trim() !== '</message>') return undefined
    const values = rest.map((line, index) => textIn(line, ELEMENTS[index]!))
    if (values.includes(undefined)) return undefined
    const [created, read, , , , path, uuid, callerName, callerNumber, seconds] = values as string[]
    messages.push({
      created: created!,
      read: read!,
      path: path!,
      uuid: uuid!,
      callerName: callerName!,
      callerNumber: callerNumber!,
      seconds: seconds!,
    })
  }
  return messages
}

function textIn(line: string, name: string): string | undefined {
  const text = line.trim()
  const [opening, closing] = [`<${name}>`, `</${name}>`]
  return text.startsWith(opening) && text.endsWith(closing) ? text.slice(opening.length, -closing.length) : undefined
}
