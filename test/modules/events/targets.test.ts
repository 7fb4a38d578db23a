/** Where webhooks may lead, and that what is checked is what is connected to. */
import { expect, test } from 'vitest'
import { type Letter, post } from '../../../src/modules/events/webhooks/post.ts'
import { retrySeconds } from '../../../src/modules/events/webhooks/queue.ts'
import { readTarget, Targets } from '../../../src/modules/events/webhooks/targets.ts'
import { receiver } from '../../support/receiver.ts'

const noNames = async () => {
  throw new Error('no names here')
}
const allows = (targets: Targets, url: string) =>
  targets.check(new URL(url)).then(
    () => true,
    () => false,
  )

test('addresses that are not on the internet are refused, however they are written', async () => {
  const targets = new Targets([], noNames)
  const refused =
    '127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.0.1 ' +
    '169.254.169.254 100.64.0.1 192.0.0.1 198.18.0.1 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 ' +
    '[::] [::1] [::ffff:127.0.0.1] [::ffff:8.8.8.8] [::127.0.0.1] [64:ff9b::7f00:1] [fe80::1] [fc00::1] [fd12::1] ' +
    '[ff02::1] [2002:7f00:1::] [2001::1] [2001:db8::1] [100::1]'
  for (const host of refused.split(' ')) expect(await allows(targets, `http://${host}/`), host).toBe(false)
  const allowed = '8.8.8.8 172.15.0.1 172.32.0.1 100.128.0.1 192.0.1.1 [2606:4700::1111] [2a00:1450::1]'
  for (const host of allowed.split(' ')) expect(await allows(targets, `http://${host}/`), host).toBe(true)
})

test('what the configuration names is allowed besides, and nothing else', async () => {
  const targets = new Targets(['10.1.0.0/16', '::1'], noNames)
  for (const host of ['10.1.2.3', '[::1]']) expect(await allows(targets, `http://${host}/`), host).toBe(true)
  for (const host of ['10.2.0.1', '127.0.0.1']) expect(await allows(targets, `http://${host}/`), host).toBe(false)
})

test('a name is refused for any of its addresses, and where it has none', async () => {
  const names: Record<string, string[]> = {
    'good.example': ['8.8.8.8', '2606:4700::1111'],
    'mixed.example': ['8.8.8.8', '127.0.0.1'],
    'mapped.example': ['::ffff:10.0.0.1'],
    'none.example': [],
  }
  const targets = new Targets([], async (name) =>
    (names[name] ?? (await noNames())).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  )
  expect(await allows(targets, 'https://good.example/')).toBe(true)
  for (const name of ['mixed.example', 'mapped.example', 'none.example', 'other.example']) {
    expect(await allows(targets, `https://${name}/`), name).toBe(false)
  }
})

test('a URL with a user, of another scheme or without a host is none', () => {
  for (const text of ['https://a:b@example.com/', 'https://a@example.com/', 'ftp://example.com/', 'example.com', '']) {
    expect(readTarget(text), text).toBeTypeOf('string')
  }
})

test('a name that has another address by the time of the connection is not connected to', async () => {
  const inside = await receiver()
  const { port } = new URL(inside.url)
  let asked = 0
  const letter: Letter = {
    id: 'x',
    type: 'ping',
    body: '{}',
    secret: 's',
    targetUrl: `http://rebound.example:${port}/`,
  }
  const never = new AbortController().signal
  // On the internet when it is checked, in here when it is connected to.
  const rebound = new Targets([], async () => {
    asked += 1
    return [{ address: asked === 1 ? '8.8.8.8' : '127.0.0.1', family: 4 }]
  })
  const outcome = await post(letter, rebound, never)
  expect(outcome).toEqual({
    status: null,
    answer: null,
    error: 'rebound.example has the address 127.0.0.1, which is not on the internet.',
  })
  expect(asked).toBe(2)
  expect(inside.posts).toEqual([])
  const allowed = new Targets(['127.0.0.1'], async () => [{ address: '127.0.0.1', family: 4 }])
  expect(await post(letter, allowed, never)).toEqual({ status: 200, answer: 'ok', error: null })
  expect(inside.posts[0]!.headers.host).toBe(`rebound.example:${port}`)
  await inside.close()
})

test('attempts come further and further apart, and not all at the same time', () => {
  expect([1, 2, 3, 4].map((attempts) => retrySeconds(attempts, 0.5))).toEqual([30, 60, 120, 240])
  expect(retrySeconds(50, 0.5)).toBe(4 * 3600)
  expect(retrySeconds(1, 0)).toBeLessThan(retrySeconds(1, 1))
})
