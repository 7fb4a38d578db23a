/** Streams of events, over real sockets. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { createToken } from '../../../src/auth/tokens.ts'
import { type Announcement, announce } from '../../../src/modules/events/announce.ts'
import { choresOf } from '../../../src/modules/events/chores.ts'
import { Hub } from '../../../src/modules/events/stream/hub.ts'
import { EventStream } from '../../../src/modules/events/stream/stream.ts'
import { MOST_OF_A_USER } from '../../../src/modules/events/stream/streams.ts'
import { connection, databaseOn } from '../../../src/rest/database.ts'
import { type Tenant, testExtension, testUser, testWorld, type World } from '../../support/app.ts'
import { listen } from '../../support/downloads.ts'
import { type EventReader, readEvents } from '../../support/event-reader.ts'

let world: World
let url: string
/** The extension 1001 of each tenant, which its user owns, and 1002, which nobody does. */
const extensions: Record<'acme' | 'rival', { own: string; other: string }> = {} as never
const readers: EventReader[] = []

beforeAll(async () => {
  world = await testWorld()
  url = await listen(world.app)
  for (const name of ['acme', 'rival'] as const) {
    const tenant = world[name]
    extensions[name] = {
      own: await testExtension(world, tenant, '1001', tenant.user),
      other: await testExtension(world, tenant, '1002'),
    }
  }
})
afterAll(() => world.close())

async function open(token: string, query = '', headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await readEvents(`${url}/api/events/${query}`, token, headers)
  readers.push(reader)
  return reader
}

const refusal = (token: string, query = '', headers: Record<string, string> = {}) =>
  open(token, query, headers).then(
    () => {
      throw new Error('it was opened')
    },
    (error: { status: number; headers: Record<string, string>; body: Record<string, unknown> }) => error,
  )

const ring = (tenant: Tenant, extension: string, name: string): Announcement => ({
  type: 'call.ringing',
  domain_id: tenant.id,
  extension_ids: [extension],
  data: { name },
})
const say = (...announcements: Announcement[]) => announce(connection(world.app.pool), announcements)
/** Comes after everything before it, to everybody of a tenant. */
const mark = (tenant: Tenant, name: string) => say(ring(tenant, extensions[nameOf(tenant)].own, name))
const nameOf = (tenant: Tenant) => (tenant === world.acme ? 'acme' : 'rival')
const named = (name: string) => (event: { data: { data?: { name?: string } } }) => event.data.data?.name === name
const names = ({ events }: EventReader) => events.map(({ data }) => data.data.name as string)

describe('whose events are told', () => {
  test('everything to administrators, those of the tenant to its own, those of their extensions to users', async () => {
    const { acme, rival, admin } = world
    const [all, one, minor, user, theirs] = await Promise.all([
      open(admin.token),
      open(admin.token, `?domain_id=${rival.id}`),
      open(acme.minor.token),
      open(acme.user.token),
      open(rival.user.token),
    ])
    await say(
      ring(acme, extensions.acme.own, 'acme 1001'),
      ring(acme, extensions.acme.other, 'acme 1002'),
      ring(rival, extensions.rival.own, 'rival 1001'),
      ring(rival, extensions.rival.other, 'rival 1002'),
    )
    await mark(acme, 'acme end')
    await mark(rival, 'rival end')
    await Promise.all([all, one, theirs].map((reader) => reader.next(named('rival end'))))
    await Promise.all([minor, user].map((reader) => reader.next(named('acme end'))))
    expect(names(all)).toEqual(['acme 1001', 'acme 1002', 'rival 1001', 'rival 1002', 'acme end', 'rival end'])
    expect(names(one)).toEqual(['rival 1001', 'rival 1002', 'rival end'])
    expect(names(minor)).toEqual(['acme 1001', 'acme 1002', 'acme end'])
    expect(names(user)).toEqual(['acme 1001', 'acme end'])
    expect(names(theirs)).toEqual(['rival 1001', 'rival end'])
    for (const reader of [all, one, minor, user, theirs]) reader.close()
  })

  test('who gets an extension hears of it at once, who loses it no more', async () => {
    const { acme, app } = world
    const user = await open(acme.user.token)
    const owned = { extension_id: extensions.acme.other, user_uuid: acme.user.userUuid }
    await app.prisma.extensionUser.create({ data: owned })
    await say(ring(acme, extensions.acme.other, 'gained'))
    await user.next(named('gained'))
    await app.prisma.extensionUser.deleteMany({ where: owned })
    await say(ring(acme, extensions.acme.other, 'lost'))
    await mark(acme, 'after')
    expect((await user.next()).data.data.name).toBe('after')
    user.close()
  })

  test('only the types that are asked for; one that is not there is named', async () => {
    const reader = await open(world.acme.minor.token, '?types=call.ended,call.held')
    await mark(world.acme, 'ringing')
    await say({ ...ring(world.acme, extensions.acme.own, 'ended'), type: 'call.ended' })
    expect(await reader.next()).toMatchObject({ event: 'call.ended', data: { type: 'call.ended' } })
    reader.close()
    const { status, body } = await refusal(world.acme.minor.token, '?types=call.ended,call.lost')
    expect(status).toBe(400)
    expect(body.types).toEqual([expect.stringContaining('"call.lost"')])
  })

  test('a tenant that is not the caller’s does not exist', async () => {
    const { acme, rival, admin } = world
    const wrong: [string, string][] = [
      [acme.minor.token, rival.id],
      [acme.user.token, rival.id],
      [admin.token, randomUUID()],
      [admin.token, 'x'],
    ]
    for (const [token, id] of wrong) {
      const { status, body } = await refusal(token, `?domain_id=${id}`)
      expect(status).toBe(400)
      expect(body).toHaveProperty('domain_id')
    }
    expect((await refusal(world.nobody.token)).status).toBe(403)
  })
})

describe('how events are told', () => {
  test('as server-sent events, each with its id, which no proxy keeps or delays', async () => {
    const reader = await open(world.admin.token)
    expect(reader.answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    await say(ring(world.acme, extensions.acme.own, 'line\nbreak\r\n\ndata: "x"'))
    const { id, event, data } = await reader.next()
    expect(event).toBe('call.ringing')
    expect(Number(id)).toBeGreaterThan(0)
    expect(data).toEqual({
      id: expect.stringMatching(/^\d+$/),
      type: 'call.ringing',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      domain_id: world.acme.id,
      data: { name: 'line\nbreak\r\n\ndata: "x"' },
    })
    reader.close()
  })

  test('HEAD, OPTIONS, other methods and other types answer as everywhere', async () => {
    const { token } = world.acme.user
    const head = await world.call(token, 'HEAD', '/api/events/')
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    const options = await world.call(token, 'OPTIONS', '/api/events/')
    expect(options).toMatchObject({ status: 200, json: { name: 'events' } })
    const post = await world.call(token, 'POST', '/api/events/')
    expect(post.status).toBe(405)
    expect(post.headers.allow).toBe('GET, HEAD, OPTIONS')
    expect((await refusal(token, '', { accept: 'text/html' })).status).toBe(406)
    expect((await world.call(token, 'GET', '/api/')).json).toHaveProperty('events')
  })

  test('a user has so many streams, and another one as soon as it closes one', async () => {
    const { token } = world.rival.minor
    const many = await Promise.all(Array.from({ length: MOST_OF_A_USER }, () => open(token)))
    const refused = await refusal(token)
    expect(refused.status).toBe(429)
    expect(refused.headers['retry-after']).toBe('10')
    many[0]!.close()
    await expect
      .poll(
        () =>
          open(token).then(
            () => 200,
            (error) => error.status,
          ),
        { timeout: 20_000 },
      )
      .toBe(200)
    for (const reader of readers) reader.close()
  })

  test('whoever takes little for a while holds up nobody, and misses nothing', async () => {
    const [slow, quick] = [await open(world.acme.minor.token), await open(world.acme.minor.token)]
    slow.answer.pause()
    const long = 'x'.repeat(60_000)
    for (let n = 0; n < 200; n += 20) {
      const some = Array.from({ length: 20 }, (_, index) =>
        ring(world.acme, extensions.acme.own, `${n + index} ${long}`),
      )
      await say(...some)
    }
    await mark(world.acme, 'end')
    await quick.next(named('end'))
    slow.answer.resume()
    await slow.next(named('end'))
    const numbers = (reader: EventReader) => names(reader).map((name) => name.split(' ')[0])
    const expected = [...Array.from({ length: 200 }, (_, n) => String(n)), 'end']
    expect(numbers(slow)).toEqual(expected)
    expect(numbers(quick)).toEqual(expected)
    for (const reader of [slow, quick]) reader.close()
  })

  test('heartbeats tell how far it is, so that a quiet reader can come again after hours', async () => {
    const database = databaseOn(world.app.pool)
    const hub = new Hub(database)
    const scope = { types: ['call.held'] }
    const stream = new EventStream({ hub, database, scope, after: undefined, stillMay: async () => true })
    await stream.begin()
    const before = hub.position
    await mark(world.acme, 'none of its business')
    hub.wake()
    await expect.poll(() => hub.position, { timeout: 20_000 }).toBeGreaterThan(before)
    stream.beat()
    stream.beat()
    const text = String(stream.body.read())
    expect(text).toBe(`retry: 3000\nid: ${before}\n\n: alive\nid: ${hub.position}\n\n: alive\n\n`)
    stream.body.destroy()
    await hub.close()
  })

  test('whoever takes nothing is cut off', async () => {
    const database = databaseOn(world.app.pool)
    const hub = new Hub(database)
    const stream = new EventStream({
      hub,
      database,
      scope: {},
      after: undefined,
      stillMay: async () => true,
      longestStallMs: 50,
    })
    await stream.begin()
    const closed = new Promise((resolve) => stream.body.once('close', resolve))
    await say(...Array.from({ length: 30 }, () => ring(world.acme, extensions.acme.own, 'x'.repeat(20_000))))
    hub.wake()
    await closed
    expect(stream.body.readableLength).toBeLessThan(300_000)
    await hub.close()
  })
})

describe('a reader that comes again', () => {
  test('gets what it missed, in order and once, then what happens', async () => {
    const { acme } = world
    const before = await open(acme.user.token)
    await mark(acme, 'seen')
    const { id } = await before.next(named('seen'))
    before.close()
    for (let n = 0; n < 450; n += 1) {
      await say(ring(acme, extensions.acme.own, `missed ${n}`), ring(acme, extensions.acme.other, 'of another'))
    }
    const writing = (async () => {
      for (let n = 450; n < 500; n += 1) await mark(acme, `missed ${n}`)
    })()
    const again = await open(acme.user.token, `?last_event_id=${id}`)
    await again.next(named('missed 499'))
    await writing
    expect(names(again)).toEqual(Array.from({ length: 500 }, (_, n) => `missed ${n}`))
    again.close()
  })

  test('is told when that is no longer there, and goes on with what happens', async () => {
    const { acme, app } = world
    await mark(acme, 'old')
    const reader = await open(acme.minor.token)
    await mark(acme, 'last')
    const { id } = await reader.next(named('last'))
    reader.close()
    await app.pool.query(`UPDATE events SET created = now() - interval '2 hours'`)
    for (const chore of choresOf(databaseOn(app.pool), app.restHost.services.webhookCourier)) await chore.run()
    const exact = await open(acme.minor.token, '', { 'Last-Event-ID': id! })
    await mark(acme, 'new')
    expect((await exact.next()).data.data.name).toBe('new')
    for (const lost of [String(Number(id) - 2), '1', '999999999']) {
      const again = await open(acme.minor.token, '', { 'Last-Event-ID': lost })
      expect(await again.next()).toMatchObject({ event: 'reset', data: { last_event_id: lost } })
      await mark(acme, `after ${lost}`)
      await again.next(named(`after ${lost}`))
      again.close()
    }
    exact.close()
    expect((await refusal(acme.minor.token, '?last_event_id=x')).body).toHaveProperty('last_event_id')
  })
})

describe('a stream ends', () => {
  test('at once when its token is revoked or its user disabled', async () => {
    const { app, acme } = world
    const other = await testUser(app, 'leaver@acme.example', ['minor_admin_api'], acme.id)
    const second = await createToken(app.pool, { userId: other.id, name: 'second', expires: null })
    const [revoked, disabled] = [await open(other.token), await open(second.key)]
    await world.call(other.token, 'POST', '/api-auth/logout/')
    await revoked.over
    expect(disabled.answer.destroyed).toBe(false)
    await world.call(world.admin.token, 'PATCH', `/api/users/${other.id}/`, { is_active: false })
    await disabled.over
  })

  test('when its user becomes somebody else', async () => {
    const { app, acme, rival } = world
    const mover = await testUser(app, 'mover@acme.example', ['minor_admin_api'], acme.id)
    const stream = await open(mover.token)
    await app.prisma.profile.update({ where: { id: mover.profileId }, data: { domain_id: rival.id } })
    await stream.over
  })
})

describe('on every server', () => {
  test('events are heard, also those of a time when PostgreSQL was away; closing it ends its streams promptly', async () => {
    const { acme, app } = world
    const second = await buildApp(app.config)
    const there = await readEvents(`${await listen(second)}/api/events/`, acme.minor.token)
    await mark(acme, 'on both')
    await there.next(named('on both'))
    // Listeners and all other connections are lost; what is said before they are back is found by position.
    await app.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'pbx-api listener'`,
    )
    await mark(acme, 'meanwhile')
    await there.next(named('meanwhile'))
    await second.close()
    await there.over
  })
})
