/** The mail server of a tenant, from the settings of the category `email` (docs/settings.md). */
import { isAddress } from '../../../mail/addresses.ts'
import type { MailServer } from '../../../mail/send.ts'
import type { Connection } from '../../../rest/database.ts'

/** Mail cannot be sent before somebody changes a setting; the message says which. */
export class NotSetUp extends Error {
  override readonly name = 'NotSetUp'
}

type Settings = ReadonlyMap<string, string>

/** The settings in force for a tenant, as the one mail server they describe, or a NotSetUp. */
export async function mailServerOf(db: Connection, domainId: string | null): Promise<MailServer> {
  const rows = await db.run({ text: SETTINGS, values: [domainId] })
  const layer = (name: string): Settings =>
    new Map(rows.flatMap(([of, key, value]) => (of === name ? [[String(key), String(value).trim()]] : [])))
  return serverOf(layer('domain'), layer('default'))
}

/** Of several rows of a setting the first by sequence counts. Empty ones are none. */
const SETTINGS = `
  SELECT 'default', "subcategory", "value" FROM (
    SELECT "subcategory", "value", "sequence" FROM "default_settings" WHERE "category" = 'email' AND "enabled"
    ORDER BY "sequence" DESC) d WHERE trim("value") <> ''
  UNION ALL
  SELECT 'domain', "subcategory", "value" FROM (
    SELECT "subcategory", "value", "sequence" FROM "domain_settings"
    WHERE "domain_id" = $1 AND "category" = 'email' AND "enabled" ORDER BY "sequence" DESC) d WHERE trim("value") <> ''`

const SECURITIES = new Map([
  ['none', 'none'],
  ['starttls', 'starttls'],
  ['tls', 'tls'],
  ['ssl', 'tls'],
] as const)
const PORTS = { none: 25, starttls: 587, tls: 465 } as const

/**
 * A tenant with a host of its own has all of the server itself: what the system's server is told, its password above
 * all, goes to no host that a tenant names. Who the mail is from is the tenant's to say either way.
 */
export function serverOf(own: Settings, system: Settings): MailServer {
  const layer = own.has('smtp_host') ? own : system
  const host = layer.get('smtp_host')
  if (host === undefined) throw new NotSetUp('No mail server is set: the setting email / smtp_host is missing.')
  if (/[\s/@]/.test(host)) throw new NotSetUp('The setting email / smtp_host must be the name of a host.')
  const port = layer.get('smtp_port')
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw new NotSetUp('The setting email / smtp_port must be a number from 1 to 65535.')
  }
  const security = securityOf(layer.get('smtp_secure'), port)
  const user = userOf(layer)
  const address = own.get('smtp_from') ?? layer.get('smtp_from') ?? layer.get('smtp_user_name') ?? ''
  if (!isAddress(address)) throw new NotSetUp('The setting email / smtp_from must be an e-mail address.')
  const name = own.get('smtp_from_name') ?? layer.get('smtp_from_name') ?? ''
  return {
    host,
    port: port === undefined ? PORTS[security] : Number(port),
    security,
    ...(user && { user }),
    from: { address, name },
  }
}

/** Encrypted, unless it is said that it shall not be. */
function securityOf(text: string | undefined, port: string | undefined): MailServer['security'] {
  if (text === undefined) return port === '465' ? 'tls' : 'starttls'
  const security = SECURITIES.get(text.toLowerCase() as 'none')
  if (security === undefined) throw new NotSetUp('The setting email / smtp_secure must be none, starttls or tls.')
  return security
}

function userOf(layer: Settings): MailServer['user'] {
  const name = layer.get('smtp_user_name')
  const wanted = !/^(false|0|no|f)$/i.test(layer.get('smtp_auth') ?? 'true')
  if (name === undefined || !wanted) return undefined
  return { name, password: layer.get('smtp_password') ?? '' }
}
