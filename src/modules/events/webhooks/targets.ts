/**
 * Where webhooks may lead: to addresses on the internet, not into the network that the server stands in, unless the
 * configuration names an address or a network. What is checked is what is connected to.
 */
import { promises as dns, type LookupAddress } from 'node:dns'
import { BlockList, isIP } from 'node:net'

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

/** Why a URL is no target; the message is a sentence for whoever set it. */
export class TargetError extends Error {
  override name = 'TargetError'
}

const RESOLVE_TIMEOUT_MS = 3_000

/** Not on the internet: this host, private, shared, link-local, reserved, for documentation, for many at once. */
const SPECIAL_V4 = listOf(
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3',
)
/** Of IPv6 only this is on the internet at all; IPv4 in its clothes, loopback and local addresses are outside. */
const GLOBAL_V6 = listOf('2000::/3')
/** Within it: tunnels that hold an IPv4 address of any kind, and what is for documentation. */
const SPECIAL_V6 = listOf('2001::/23 2001:db8::/32 2002::/16 3fff::/20')

export class Targets {
  readonly #allowed: BlockList
  readonly #resolve: Resolve

  /** `allowed` are addresses and networks to which webhooks may lead besides. */
  constructor(allowed: readonly string[], resolve: Resolve = (host) => dns.lookup(host, { all: true })) {
    this.#allowed = listOf(allowed.join(' '))
    this.#resolve = resolve
  }

  /** Fails where the URL leads to an address that it must not. */
  async check(url: URL): Promise<void> {
    await this.addressesOf(hostOf(url))
  }

  /** The addresses of a host; fails where one of them is not to be connected to, or there is none. */
  async addressesOf(host: string): Promise<readonly LookupAddress[]> {
    const literal = isIP(host)
    const addresses = literal ? [{ address: host, family: literal }] : await this.#lookup(host)
    if (addresses.length === 0) throw new TargetError(`The name ${host} has no address.`)
    const refused = addresses.find(({ address }) => !this.#mayConnect(address))
    if (!refused) return addresses
    const what = literal ? `The address ${host}` : `${host} has the address ${refused.address}, which`
    throw new TargetError(`${what} is not on the internet.`)
  }

  async #lookup(host: string): Promise<readonly LookupAddress[]> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('late')), RESOLVE_TIMEOUT_MS)
    })
    try {
      return await Promise.race([this.#resolve(host), late])
    } catch {
      throw new TargetError(`The name ${host} cannot be resolved.`)
    } finally {
      clearTimeout(timer)
    }
  }

  #mayConnect(address: string): boolean {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) return false
    if (this.#allowed.check(address, family)) return true
    if (family === 'ipv4') return !SPECIAL_V4.check(address)
    return GLOBAL_V6.check(address, family) && !SPECIAL_V6.check(address, family)
  }
}

/** Reads a URL, or says what is wrong with it. */
export function readTarget(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return 'Enter a valid http or https URL.'
  if (url.username !== '' || url.password !== '') return 'The URL may not hold a user or a password.'
  return url
}

/** A URL writes IPv6 in brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

function listOf(text: string): BlockList {
  const list = new BlockList()
  for (const one of text.split(' ').filter(Boolean)) {
    const [address = '', bits] = one.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
