import { describe, expect, it } from 'vitest'
import {
  burnDjango,
  checkPassword,
  djangoIterations,
  hashPassword,
  verifyAbsent,
  verifyPassword,
} from '../../src/auth/passwords.ts'

/** Made with Python's hashlib.pbkdf2_hmac, as Django does. */
const DJANGO = [
  ['correct horse battery', 'pbkdf2_sha256$1000$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww='],
  ['pässwörd-☎', 'pbkdf2_sha256$1200$aB3xYz9QwErTy0uIoPaS7d$tv/df0m9NuPFkYvn9NkFn4aESeed50NVT1mVHdk27EI='],
] as const

describe('stored passwords', () => {
  it('are argon2id with the parameters OWASP asks for, and verify', async () => {
    const stored = await hashPassword('correct horse battery')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(stored.length).toBeLessThanOrEqual(256) // the column's length
    expect(await verifyPassword('correct horse battery', stored)).toEqual({ ok: true, needsRehash: false })
    expect(await verifyPassword('Correct horse battery', stored)).toEqual({ ok: false, needsRehash: false })
  })

  it('are hashed anew when their parameters are not ours', async () => {
    const weaker = '$argon2id$v=19$m=8,t=1,p=1$c2VhLXNhbHQtc2FsdA$xkBqt2fZvwdXH0Dr5FZwIYV9Plv7UiYoF7AvFdzHd5E'
    expect((await verifyPassword('anything', weaker)).ok).toBe(false)
    const { hash } = await import('argon2')
    const old = await hash('anything', { memoryCost: 8, timeCost: 2, parallelism: 1 })
    expect(await verifyPassword('anything', old)).toEqual({ ok: true, needsRehash: true })
  })

  it.each(DJANGO)("verify from Django's hash of %s and ask for ours", async (plain, stored) => {
    expect(await verifyPassword(plain, stored)).toEqual({ ok: true, needsRehash: true })
    expect(await verifyPassword(`${plain} `, stored)).toEqual({ ok: false, needsRehash: false })
  })

  it.each([
    '',
    '!',
    '!SwYdKmEZTq0kBHnNqVqXGqV1',
    'md5$salt$5f4dcc3b5aa765d61d8327deb882cf99',
    'plain',
    '$argon2id$nonsense',
    '$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$vo1BDfW0eOXQXQ4bqHxTYQ',
    'pbkdf2_sha256$0$salt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=',
    'pbkdf2_sha256$99999999$salt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=',
    'pbkdf2_sha256$1000$salt$',
    'pbkdf2_sha256$1000$$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=',
    'pbkdf2_sha256$1000$salt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=$',
  ])('of an unusable format (%s) verify nothing', async (stored) => {
    expect(await verifyPassword('', stored)).toEqual({ ok: false, needsRehash: false })
    expect(await verifyPassword('plain', stored)).toEqual({ ok: false, needsRehash: false })
  })

  it('cost a user who does not exist the same work', async () => {
    await verifyAbsent('warm-up')
    expect(djangoIterations(DJANGO[1][1])).toBe(1200)
    expect(djangoIterations('!unusable')).toBe(0)
    await burnDjango('anything', 1200)
    const stored = await hashPassword('correct horse battery')
    const present = await fastest(() => verifyPassword('wrong', stored))
    const absent = await fastest(() => verifyAbsent('wrong'))
    expect(absent / present).toBeGreaterThan(0.33)
    expect(absent / present).toBeLessThan(3) // a machine at work is uneven
  })
})

describe('new passwords', () => {
  it.each([
    ['kite-lantern-42', 'anna', []],
    ['Päßwörter mögen', 'anna', []],
    ['x7Kp', 'anna', ['This password is too short. It must contain at least 10 characters.']],
    ['☎☎☎☎☎☎☎☎☎', 'anna', ['too short', 'too common']],
    ['anna.smith@acme', 'anna.smith', ['too similar to the username']],
    ['Anna.Smith1', 'anna.smith@acme.example', ['too similar to the username']],
    ['password1234', 'anna', ['too common']],
    ['QwertyUiop', 'anna', ['too common']],
    ['summer2024', 'anna', ['too common']],
    ['83649202745', 'anna', ['entirely numeric']],
    ['1234567890', 'anna', ['too common', 'entirely numeric']],
  ])('%s for %s: %j', (plain, username, expected) => {
    const faults = checkPassword(plain, username)
    expect(faults).toHaveLength(expected.length)
    for (const [index, fault] of expected.entries()) expect(faults[index]).toContain(fault)
  })

  it.each([129, 3_000_000])('of %i characters are refused at once', (length) => {
    const start = performance.now()
    expect(checkPassword('a b'.repeat(length / 3), 'anna')).toEqual([
      'Ensure this field has no more than 128 characters.',
    ])
    expect(performance.now() - start).toBeLessThan(100)
  })

  it('says everything that is wrong', () => {
    expect(checkPassword('12345678', '12345678')).toEqual([
      'The password is too similar to the username.',
      'This password is too short. It must contain at least 10 characters.',
      'This password is too common.',
      'This password is entirely numeric.',
    ])
  })
})

async function fastest(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return Math.min(...times)
}
