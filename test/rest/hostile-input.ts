/** Requests that nobody in good faith would send, made from a seed so that each can be sent again. */

export interface HostileRequest {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly payload?: Buffer
}

/** What the attacker knows of a resource. */
export interface Target {
  readonly path: string
  readonly fields: readonly string[]
  /** Ids of rows that are there, and of rows that relations may name. */
  readonly ids: readonly string[]
}

const LOOKUPS = 'exact iexact contains in gt gte lt lte range isnull date nosuch '.split(' ')
const RESERVED = ['page', 'page_size', 'ordering', 'search', 'fields', 'omit', 'format']
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '🤖',
]
const TEXTS = [
  ...NAMES,
  "'; DROP TABLE users; --",
  '" OR 1=1',
  '$' + '{jndi:ldap://x}',
  '%s%n',
  '../../etc/passwd',
  '\\',
  '%',
  '_',
  'NaN',
  'Infinity',
  '1e999',
  '-0',
  '0x1f',
  '1,2,3',
  ',,,',
  'true',
  'null',
  '2024-02-30',
  '9999-12-31T23:59:59.999999999+14:00',
  '0001-01-01',
  '00000000-0000-0000-0000-000000000000',
  'urn:uuid:{}',
  'x'.repeat(300),
  '9'.repeat(400),
  'é'.repeat(64),
  '\u202e\u0000\uffff',
  'a@b.c',
]
const NUMBERS = [
  '0',
  '-1',
  '1e400',
  '-1e400',
  '1e-400',
  '123456789012345678901234567890',
  '2147483648',
  '-0',
  '1.5',
  '1E5',
]
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=b',
  'multipart/form-data; boundary=""',
  'garbage',
  ';',
  '',
]
const PERCENT = [
  '%',
  '%0',
  '%00',
  '%ff',
  '%zz',
  '%ed%a0%80',
  '%2F',
  '%25',
  '+',
  '%F0%9F%92%A5',
  '#',
  '[]',
  '[a]',
  ';',
  '&',
  '=',
]

/** An endless, repeatable supply of requests to a target. */
export function hostileRequests(seed: number, target: Target) {
  const random = mulberry32(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const chance = (share: number) => random() < share

  const text = () => (chance(0.3) ? pick(target.ids) : chance(0.1) ? pick(TEXTS) + pick(TEXTS) : pick(TEXTS))

  function json(depth: number): string {
    const kind = below(depth > 3 ? 4 : 7)
    if (kind < 2) return JSON.stringify(text())
    if (kind === 2) return pick(NUMBERS)
    if (kind === 3) return pick(['true', 'false', 'null', '"\\ud800"', '"\\u0000"'])
    if (kind === 4) return `[${Array.from({ length: below(4) }, () => json(depth + 1)).join(',')}]`
    if (kind === 5 && chance(0.002)) return '['.repeat(50_000) + ']'.repeat(50_000)
    return object(depth + 1)
  }

  function object(depth: number): string {
    const name = () => (chance(0.85) ? pick(target.fields) : pick(NAMES))
    return `{${Array.from({ length: below(8) }, () => `${JSON.stringify(name())}:${json(depth)}`).join(',')}}`
  }

  function damaged(bytes: Buffer): Buffer {
    if (bytes.length === 0) return bytes
    if (chance(0.5)) return bytes.subarray(0, below(bytes.length))
    const copy = Buffer.from(bytes)
    copy[below(copy.length)] = below(256)
    return copy
  }

  function body(type: string): Buffer {
    if (type.startsWith('application/x-www-form')) return Buffer.from(query())
    if (!type.startsWith('multipart')) return Buffer.from(chance(0.8) ? object(0) : json(0))
    const parts = Array.from({ length: below(4) }, () => {
      const file = chance(0.2) ? '; filename="a"' : ''
      return `--b\r\nContent-Disposition: form-data; name="${pick(target.fields)}"${file}\r\n\r\n${text()}\r\n`
    })
    return Buffer.from(`${parts.join('')}--b--\r\n`)
  }

  const raw = (value: string) => {
    if (chance(0.2)) return value.replaceAll(/[^ -~]/g, '?').replaceAll(' ', '+') + pick(PERCENT)
    return encodeURIComponent(value.toWellFormed())
  }

  function query(): string {
    const pair = () => {
      if (chance(0.1)) return pick(PERCENT)
      const name = chance(0.4)
        ? pick(RESERVED)
        : [pick(target.fields), pick(LOOKUPS), pick(LOOKUPS)].slice(0, 1 + below(3)).join('__')
      return `${chance(0.05) ? raw(pick(NAMES)) : name}=${raw(chance(0.2) ? pick(target.fields) : text())}`
    }
    return Array.from({ length: below(5) }, pair).join('&')
  }

  function id(): string {
    if (chance(0.6)) return pick(target.ids)
    return chance(0.5) ? pick(PERCENT).replace('#', '') : encodeURIComponent(text().toWellFormed())
  }

  const headers = (): Record<string, string> => ({
    ...(chance(0.1) && { accept: pick(['*/*', 'text/csv', 'zzz', ';q=', 'application/json;q=x', ',,,', '']) }),
    ...(chance(0.1) && { prefer: pick(['handling=strict', 'count=none', '=', ';;,', 'handling=strict, count=none']) }),
  })

  const base = `/api/${target.path}/`
  return {
    /** A write with a body of any kind. */
    write(): HostileRequest {
      const type = chance(0.75) ? 'application/json' : pick(TYPES)
      const bytes = body(type)
      const method = pick(['POST', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE', 'OPTIONS'])
      const row = method !== 'POST' && chance(0.9) ? `${method === 'DELETE' ? pick(PERCENT.slice(0, 5)) : id()}/` : ''
      return {
        method,
        url: `${base}${row}${chance(0.1) ? `?${query()}` : ''}`,
        headers: { ...headers(), ...(type && { 'content-type': type }) },
        payload: chance(0.15) ? damaged(bytes) : bytes,
      }
    },
    /** A read with any query. */
    read(): HostileRequest {
      const row = chance(0.2) ? `${id()}/` : ''
      const long = chance(0.005) ? `&search=${'x'.repeat(10_000)}` : ''
      return { method: pick(['GET', 'GET', 'GET', 'HEAD']), url: `${base}${row}?${query()}${long}`, headers: headers() }
    },
  }
}

/** Small, fast and the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
