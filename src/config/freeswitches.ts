/** `FREESWITCHES`: the switches whose event socket we connect to, as names and URLs. */

export interface SwitchAddress {
  readonly name: string
  readonly host: string
  readonly port: number
  /** `user@domain` or `user`, for `userauth`; unset: the password alone. */
  readonly user?: string
  readonly password: string
}

const DEFAULT_PORT = 8021

/** `name=esl://user:password@host:port` and more of them, separated by commas; undefined when one of them is wrong. */
export function freeswitches(text: string): SwitchAddress[] | undefined {
  const addresses = text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
    .map(addressOf)
  if (addresses.includes(undefined)) return undefined
  const names = new Set(addresses.map((address) => address!.name))
  return names.size === addresses.length ? (addresses as SwitchAddress[]) : undefined
}

const ADDRESS =
  /^(?<name>[A-Za-z0-9_.-]{1,128})=esl:\/\/(?<user>[^:@/?#]*):(?<password>[^@/?#]*)@(?<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:(?<port>\d{1,5}))?\/?$/

/** Not by URL: its parser takes what we would have to refuse, and moves backslashes and spaces about. */
function addressOf(text: string): SwitchAddress | undefined {
  const parts = ADDRESS.exec(text)?.groups
  if (!parts) return undefined
  const [user, password] = [decoded(parts.user!), decoded(parts.password!)]
  const port = Number(parts.port ?? DEFAULT_PORT)
  // A line's end would begin another command; the switch takes user and password apart at a colon.
  if (user === undefined || !password || /\p{Cc}/u.test(user + password) || user.includes(':')) return undefined
  if (port < 1 || port > 65_535) return undefined
  const host = parts.host!.replace(/^\[|\]$/g, '')
  return { name: parts.name!, host, port, ...(user && { user }), password }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
