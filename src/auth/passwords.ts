/** Passwords: hashing, verifying (Django's hashes too), and the rules for new ones. */
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import argon2 from 'argon2'
import { isCommon } from './common-passwords.ts'

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

const MIN_CHARACTERS = 10
const MAX_CHARACTERS = 128
/** The most iterations a Django hash may ask of us; Django 5.2 uses a million. */
const MAX_ITERATIONS = 5_000_000

const pbkdf2Async = promisify(pbkdf2)

/** An argon2id hash in PHC format, to be stored. */
export function hashPassword(plain: string): Promise<string> {
  return argon2.hash(plain, ARGON2)
}

/**
 * Whether `plain` is the password of a stored hash, argon2id or Django's `pbkdf2_sha256$iterations$salt$base64`. Any
 * other format, such as Django's unusable `!…`, verifies nothing. `needsRehash` asks to store it anew, ours.
 */
export async function verifyPassword(plain: string, stored: string): Promise<{ ok: boolean; needsRehash: boolean }> {
  if (stored.startsWith('$argon2id$')) {
    const ok = await argon2.verify(stored, plain).catch(() => false) // a malformed hash
    return { ok, needsRehash: ok && argon2.needsRehash(stored, ARGON2) }
  }
  const ok = await verifyDjango(plain, stored)
  return { ok, needsRehash: ok }
}

let absentHash: Promise<string> | undefined

/** Takes as long as `verifyPassword` with a hash of ours, so that an unknown user is not told by the time it takes. */
export async function verifyAbsent(plain: string): Promise<void> {
  absentHash ??= hashPassword(randomBytes(16).toString('hex'))
  await argon2.verify(await absentHash, plain)
}

/** Whether `verifyPassword` can make anything of a stored hash. */
export function isUsableHash(stored: string): boolean {
  return /^\$argon2id\$v=19\$[mtp=,\d]+\$[\w+/]{11,}\$[\w+/]{22,}$/.test(stored) || djangoIterations(stored) > 0
}

/** The iterations of a Django hash that `verifyPassword` accepts, 0 for any other. */
export function djangoIterations(stored: string): number {
  const iterations = Number(/^pbkdf2_sha256\$([1-9]\d{0,7})\$[^$]+\$[A-Za-z0-9+/]{43}=$/.exec(stored)?.[1] ?? 0)
  return iterations <= MAX_ITERATIONS ? iterations : 0
}

/** Takes as long as verifying a Django hash of that many iterations. */
export async function burnDjango(plain: string, iterations: number): Promise<void> {
  if (iterations > 0) await pbkdf2Async(plain, 'salt', iterations, 32, 'sha256')
}

/** What is wrong with a new password, in Django's sentences; empty when nothing is. */
export function checkPassword(plain: string, username: string): string[] {
  // Nothing below looks at more than this many characters.
  if (plain.length > 2 * MAX_CHARACTERS || [...plain].length > MAX_CHARACTERS) {
    return [`Ensure this field has no more than ${MAX_CHARACTERS} characters.`]
  }
  const faults: string[] = []
  if (isSimilar(plain, username)) faults.push('The password is too similar to the username.')
  if ([...plain].length < MIN_CHARACTERS) {
    faults.push(`This password is too short. It must contain at least ${MIN_CHARACTERS} characters.`)
  }
  if (isCommon(plain.trim())) faults.push('This password is too common.')
  if (/^\p{Nd}+$/u.test(plain)) faults.push('This password is entirely numeric.')
  return faults
}

async function verifyDjango(plain: string, stored: string): Promise<boolean> {
  const iterations = djangoIterations(stored)
  if (!iterations) return false
  const [, , salt = '', digest = ''] = stored.split('$')
  const expected = Buffer.from(digest, 'base64')
  return timingSafeEqual(await pbkdf2Async(plain, salt, iterations, expected.length, 'sha256'), expected)
}

/** Django's measure (difflib's quick_ratio of 0.7) against the username, what stands before its @, and its words. */
function isSimilar(plain: string, username: string): boolean {
  const password = [...plain.toLowerCase()]
  const name = username.toLowerCase().slice(0, 150)
  const parts = [name, name.split('@', 1)[0] ?? '', ...name.split(/[^\p{L}\p{N}_]+/u)]
  return parts.some((part) => part !== '' && ratio(password, [...part]) >= 0.7)
}

/** How many characters two texts share, in any order, of all they have. */
function ratio(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const character of b) counts.set(character, (counts.get(character) ?? 0) + 1)
  let shared = 0
  for (const character of a) {
    const left = counts.get(character) ?? 0
    if (left > 0) shared += 1
    counts.set(character, left - 1)
  }
  return (2 * shared) / (a.length + b.length)
}
