/** How the text of a variable becomes a value; undefined: it does not. */
import { isIP } from 'node:net'
import { z } from 'zod'

/** A variable, what it is expected to be, and how its text becomes a value (undefined: it does not). */
export const variable = <Value>(expected: string, parse: (text: string) => Value | undefined) =>
  z.string().transform((text, context) => {
    const value = parse(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: expected })
    return z.NEVER
  })

export const integer = (minimum: number, maximum: number) =>
  variable(`a whole number from ${minimum} to ${maximum}`, (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= minimum && value <= maximum ? value : undefined
  })

/** Networks that have a name, as in other servers' lists of proxies. */
const NAMED_NETWORKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['uniquelocal', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

export function publicUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) return undefined
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

export function trustProxy(text: string): boolean | number | string[] | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^\d+$/.test(text)) return Number(text) || false
  const addresses = list(text)
  // Everybody is said as true; Fastify takes no network of all addresses.
  return networks(text) && !addresses.some((address) => /\/0+$/.test(address)) ? addresses : undefined
}

/** Addresses and networks in place of all names, or undefined if one of them is neither. */
export function networks(text: string): string[] | undefined {
  const addresses = withoutNames(list(text))
  return addresses.length && addresses.every(isAddressOrNetwork) ? addresses : undefined
}

export const withoutNames = (addresses: string[]): string[] =>
  addresses.flatMap((address) => NAMED_NETWORKS.get(address) ?? address)

function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (!version || rest.length) return false
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

export function corsOrigins(text: string): string[] | '*' | undefined {
  if (text === '*') return text
  const origins = list(text).map((item) => item.replace(/\/$/, ''))
  return origins.length && origins.every((item) => URL.canParse(item) && new URL(item).origin === item)
    ? origins
    : undefined
}

export function isTimeZone(text: string): boolean {
  // Newer Node versions take offsets too, which know no daylight saving time and which PostgreSQL reads the other way.
  if (/^[+-]/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
