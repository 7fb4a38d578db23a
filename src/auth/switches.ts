/** Who is a telephone switch: by its address, and by a name and a password where they are set. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIP } from 'node:net'

export interface SwitchSettings {
  /** Addresses and networks. */
  readonly allowedAddresses: readonly string[]
  readonly username?: string
  readonly password?: string
}

export class SwitchAccess {
  readonly #addresses = new BlockList()
  /** Of addresses that have been asked for before. */
  readonly #known = new Map<string, boolean>()
  /** Of `name:password`; hashes have one length, so comparing them tells nothing of either. */
  readonly #credentials: Buffer | undefined

  constructor({ allowedAddresses, username, password }: SwitchSettings) {
    for (const allowed of allowedAddresses) {
      const [address = '', bits] = allowed.split('/')
      if (bits === undefined) this.#addresses.addAddress(address, familyOf(address))
      else this.#addresses.addSubnet(address, Number(bits), familyOf(address))
    }
    if (username !== undefined && password !== undefined) {
      this.#credentials = hash(Buffer.from(`${username}:${password}`))
    }
  }

  /** What is no address, as a proxy may send, is nobody's. */
  allows(address: string): boolean {
    const known = this.#known.get(address)
    if (known !== undefined) return known
    const isAllowed = isIP(address) !== 0 && this.#addresses.check(address, familyOf(address))
    if (this.#known.size === MOST_KNOWN) this.#known.clear()
    this.#known.set(address, isAllowed)
    return isAllowed
  }

  /** Whether an Authorization header is what it must be; anything is where nothing is asked for. */
  authenticates(header: string | undefined): boolean {
    if (!this.#credentials) return true
    const [, credentials] = /^basic +(\S+)$/i.exec(header?.trim() ?? '') ?? []
    return credentials !== undefined && timingSafeEqual(hash(Buffer.from(credentials, 'base64')), this.#credentials)
  }
}

/** Strangers have any number of addresses, switches a few. */
const MOST_KNOWN = 1000

/** IPv4 in IPv6's clothes (::ffff:10.0.0.1), as sockets for both show it, without them. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1] ?? address
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

const hash = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
