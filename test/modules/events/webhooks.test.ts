/** Webhooks: what is posted to real receivers, when, and what happens where they do not take it. */
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Announcement, announce } from '../../../src/modules/events/announce.ts'
import { connection } from '../../../src/rest/database.ts'
import { type Tenant, testExtension, testWorld, type World } from '../../support/app.ts'
import { type Receiver, receiver } from '../../support/receiver.ts'

let world: World
let good: Receiver
const extensions: Record<string, string> = {}

beforeAll(async () => {
  world = await testWorld({}, undefined, { WEBHOOK_ALLOWED_NETWORKS: 'loopback' })
  good = await receiver()
  for (const tenant of [world.acme, world.rival]) extensions[tenant.id] = await testExtension(world, tenant, '1001')
})
afterAll(async () => {
  await good.close()
  await world.close()
})
beforeEach(async () => {
  await world.app.pool.query('DELETE FROM webhooks')
  good.posts.length = 0
})

const SECRET = 'a secret of the receiver'

async function webhook(token: string, values: Record<string, unknown> = {}): Promise<Record<string, string>> {
  const body = { target_url: `${good.url}/hook`, secret: SECRET, ...values }
  const { status, json, text } = await world.call(token, 'POST', '/api/webhooks/', body)
  expect(status, text).toBe(201)
  return json
}
const ring = (tenant: Tenant, name: string, more: Partial<Announcement> = {}): Announcement => ({
  type: 'call.ringing',
  domain_id: tenant.id,
  extension_ids: [extensions[tenant.id]!],
  data: { name, direction: 'inbound' },
  ...more,
})
const say = (...announcements: Announcement[]) => announce(connection(world.app.pool), announcements)
const names = ({ posts }: Receiver) => posts.map(({ body }) => JSON.parse(body).data.name as string)
const sql = async (text: string, values: unknown[] = []) => (await world.app.pool.query(text, values)).rows
/** As if the time had come. */
async function later(): Promise<void> {
  // One row after another: the server may be writing down several of them, in whichever order.
  for (const { id } of await sql(`SELECT id FROM webhook_deliveries WHERE due IS NOT NULL`)) {
    await sql(`UPDATE webhook_deliveries SET due = now() WHERE id = $1 AND due IS NOT NULL`, [id])
  }
  await sql(`UPDATE webhooks SET resting_until = NULL`)
  await world.app.restHost.services.webhookCourier.run()
}
const deliveries = () =>
  sql(
    `SELECT type, status, attempts, response_status, response_body, error, due FROM webhook_deliveries ORDER BY sequence`,
  )
const settled = (status: string, count = 1) =>
  expect
    .poll(async () => (await deliveries()).filter((one) => one.status === status).length, { timeout: 20_000 })
    .toBe(count)

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })

describe('what is posted', () => {
  test('is an event as JSON, with a signature that the receiver can compute', async () => {
    const { id } = await webhook(world.acme.minor.token)
    await say(ring(world.acme, 'Zoë'))
    await good.until(1)
    const { path, headers, body } = good.posts[0]!
    expect(path).toBe('/hook')
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-pbx-event': 'call.ringing' })
    const signed = createHmac('sha256', SECRET).update(`${headers['x-pbx-timestamp']}.${body}`).digest('hex')
    expect(headers['x-pbx-signature']).toBe(`sha256=${signed}`)
    expect(Math.abs(Number(headers['x-pbx-timestamp']) - Date.now() / 1000)).toBeLessThan(30)
    expect(JSON.parse(body)).toEqual({
      id: expect.stringMatching(/^\d+$/),
      type: 'call.ringing',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      domain_id: world.acme.id,
      data: { name: 'Zoë', direction: 'inbound' },
    })
    await settled('delivered')
    const list = await world.call(world.acme.minor.token, 'GET', `/api/webhook_deliveries/?webhook_id=${id}`)
    expect(list.json.results).toMatchObject([
      {
        id: headers['x-pbx-delivery'],
        type: 'call.ringing',
        status: 'delivered',
        attempts: 1,
        due: null,
        response_status: 200,
        response_body: 'ok',
      },
    ])
  })

  test('is taken by the receiver of the documentation, which takes nothing else', async () => {
    const free = await receiver()
    await free.close()
    const { port } = new URL(free.url)
    const [, code] = /```js\n(.*?)```/s.exec(readFileSync('docs/events.md', 'utf8'))!
    const env = { ...process.env, SECRET, PORT: port }
    const running = spawn(process.execPath, ['--input-type=module', '--eval', code!], { env })
    let printed = ''
    running.stdout.on('data', (chunk) => {
      printed += chunk
    })
    try {
      await expect.poll(() => listens(Number(port)), { timeout: 20_000 }).toBe(true)
      const right = await webhook(world.acme.minor.token, { target_url: free.url })
      const wrong = await webhook(world.acme.minor.token, { target_url: free.url, secret: 'another long secret' })
      const ping = (id: string) => world.call(world.acme.minor.token, 'POST', `/api/webhooks/${id}/test/`)
      expect((await ping(right.id!)).json).toMatchObject({ status: 'delivered', response_status: 204 })
      expect((await ping(wrong.id!)).json).toMatchObject({ status: 'failed', response_status: 401 })
      await expect.poll(() => printed, { timeout: 20_000 }).toBe('ping {}\n')
    } finally {
      running.kill()
    }
  })

  test('is what the webhook asks for, of its own tenant', async () => {
    const { acme, rival, admin } = world
    const hook = (name: string) => ({ target_url: `${good.url}/${name}` })
    await webhook(acme.minor.token, hook('acme'))
    await webhook(rival.minor.token, hook('rival'))
    await webhook(admin.token, hook('all'))
    await webhook(acme.minor.token, { ...hook('ended'), events: ['call.ended'] })
    await webhook(acme.minor.token, { ...hook('outbound'), filters: { direction: ['outbound', 'local'] } })
    await webhook(acme.minor.token, { ...hook('1001'), filters: { extension_id: extensions[acme.id] } })
    await webhook(acme.minor.token, { ...hook('theirs'), filters: { extension_id: extensions[rival.id] } })
    await webhook(acme.minor.token, { ...hook('off'), enabled: false })
    await say(
      ring(acme, 'a'),
      ring(rival, 'r'),
      ring(acme, 'end', { type: 'call.ended', extension_ids: [] }),
      ring(acme, 'out', { data: { name: 'out', direction: 'outbound' }, extension_ids: [] }),
    )
    await good.until(11)
    const told: Record<string, string[]> = {}
    for (const { path, body } of good.posts) {
      told[path] = [...(told[path] ?? []), JSON.parse(body).data.name]
    }
    expect(told).toEqual({
      '/acme': ['a', 'end', 'out'],
      '/rival': ['r'],
      '/all': ['a', 'r', 'end', 'out'],
      '/ended': ['end'],
      '/outbound': ['out'],
      '/1001': ['a'],
    })
    for (const tenant of [acme, rival]) {
      const { json } = await world.call(tenant.minor.token, 'GET', '/api/webhook_deliveries/?page_size=100')
      expect(json.count).toBe(tenant === acme ? 6 : 1)
    }
    expect((await world.call(acme.user.token, 'GET', '/api/webhooks/')).status).toBe(403)
  })

  test('comes in order, and nothing of what was rolled back', async () => {
    await webhook(world.acme.minor.token)
    const client = await world.app.pool.connect()
    await client.query('BEGIN')
    await announce(connection(client), [ring(world.acme, 'never')])
    await client.query('ROLLBACK')
    client.release()
    const expected = Array.from({ length: 60 }, (_, n) => String(n))
    for (const name of expected) await say(ring(world.acme, name))
    await good.until(60)
    expect(names(good)).toEqual(expected)
  })
})

describe('where a receiver does not take it', () => {
  test('it is tried again after an error, and redirects are not followed', async () => {
    const answers = [500, 307]
    const moody = await receiver((_post, response) => {
      const status = answers.shift() ?? 204
      response.writeHead(status, { location: good.url }).end(status === 500 ? 'x'.repeat(5000) : '')
    })
    await webhook(world.acme.minor.token, { target_url: moody.url })
    await say(ring(world.acme, 'a'))
    await expect.poll(async () => (await deliveries())[0]?.response_status ?? 0, { timeout: 20_000 }).toBe(500)
    const [first] = await deliveries()
    expect(first).toMatchObject({ status: 'waiting', attempts: 1, error: 'The receiver answered 500.' })
    expect(first!.response_body).toBe('x'.repeat(1024))
    expect(first!.due.getTime() - Date.now()).toBeGreaterThan(5_000)
    expect(await sql('SELECT last_status FROM webhooks WHERE failing_since IS NOT NULL')).toEqual([
      { last_status: 500 },
    ])
    await later()
    expect(await deliveries()).toMatchObject([{ status: 'waiting', attempts: 2, response_status: 307 }])
    await later()
    expect(await deliveries()).toMatchObject([{ status: 'delivered', attempts: 3, response_status: 204, error: null }])
    expect(good.posts).toEqual([])
    expect(new Set(moody.posts.map(({ headers }) => headers['x-pbx-delivery'])).size).toBe(1)
    expect(await sql('SELECT failing_since, last_status FROM webhooks')).toEqual([
      { failing_since: null, last_status: 204 },
    ])
    await moody.close()
  })

  test('it is tried again when nobody listens, and given up after a day', async () => {
    const gone = await receiver()
    await gone.close()
    await webhook(world.acme.minor.token, { target_url: gone.url })
    await say(ring(world.acme, 'a'))
    const refused = { attempts: 1, status: 'waiting', response_status: null, error: 'The connection was refused.' }
    await expect.poll(async () => (await deliveries())[0], { timeout: 20_000 }).toMatchObject(refused)
    await sql(`UPDATE webhook_deliveries SET since = now() - interval '25 hours'`)
    await later()
    expect(await deliveries()).toMatchObject([{ attempts: 2, status: 'failed', due: null }])
  })

  test('a receiver that does not answer holds up no other', async () => {
    const silent = await receiver(() => {})
    for (let n = 0; n < 10; n += 1) await webhook(world.acme.minor.token, { target_url: `${silent.url}/${n}` })
    // Known to fail: they have a part of the workers at most.
    await sql(`UPDATE webhooks SET failing_since = now()`)
    await say(ring(world.acme, 'a'))
    await silent.until(1)
    await webhook(world.acme.minor.token)
    await say(ring(world.acme, 'b'))
    await good.until(1)
    expect(names(good)).toEqual(['b'])
    expect(silent.posts.length).toBeLessThanOrEqual(3)
    await silent.close()
    await world.app.pool.query('DELETE FROM webhooks')
  })

  test('a webhook is disabled after a day of failures, or when the receiver is gone for good; enabled, it begins anew', async () => {
    const status = { now: 503 }
    const failing = await receiver((_post, response) => response.writeHead(status.now).end())
    const { id } = await webhook(world.acme.minor.token, { target_url: failing.url })
    const row = () => world.call(world.acme.minor.token, 'GET', `/api/webhooks/${id}/`).then(({ json }) => json)
    await say(ring(world.acme, 'a'), ring(world.acme, 'b'))
    await failing.until(2)
    await sql(`UPDATE webhooks SET failing_since = now() - interval '25 hours'`)
    await later()
    expect(await row()).toMatchObject({
      enabled: false,
      disabled_reason: 'No delivery was taken for a day.',
      last_status: 503,
    })
    expect((await deliveries()).map((one) => one.status)).toEqual(['failed', 'failed'])
    const url = `/api/webhooks/${id}/`
    status.now = 410
    await world.call(world.acme.minor.token, 'PATCH', url, { enabled: true })
    expect(await row()).toMatchObject({ enabled: true, disabled_reason: null, failing_since: null })
    await say(ring(world.acme, 'c'))
    await expect
      .poll(async () => (await row()).disabled_reason, { timeout: 20_000 })
      .toBe('The receiver answered 410 Gone.')
    await failing.close()
  })

  test('what failed is delivered again on request', async () => {
    const { acme, rival } = world
    const { id } = await webhook(acme.minor.token, { enabled: false })
    const body = JSON.stringify({ data: { name: 'again' } })
    const [{ id: delivery }] = (await sql(
      `INSERT INTO webhook_deliveries (webhook_id, type, body, status, attempts, due)
       VALUES ($1, 'call.ended', $2, 'failed', 9, NULL) RETURNING id`,
      [id, body],
    )) as [{ id: string }]
    const url = `/api/webhook_deliveries/${delivery}/redeliver/`
    expect((await world.call(acme.minor.token, 'POST', url)).status).toBe(409)
    await world.call(acme.minor.token, 'PATCH', `/api/webhooks/${id}/`, { enabled: true })
    expect((await world.call(rival.minor.token, 'POST', url)).status).toBe(404)
    expect((await world.call(acme.minor.token, 'POST', url)).json).toEqual({ status: 'waiting' })
    await good.until(1)
    expect(good.posts[0]!.headers['x-pbx-delivery']).toBe(delivery)
    await settled('delivered')
  })

  test('a ping tells at once whether it arrives', async () => {
    const { id } = await webhook(world.acme.minor.token)
    const url = `/api/webhooks/${id}/test/`
    const { json } = await world.call(world.acme.minor.token, 'POST', url)
    expect(json).toMatchObject({ status: 'delivered', response_status: 200, response_body: 'ok', error: null })
    expect(good.posts[0]!.headers).toMatchObject({ 'x-pbx-event': 'ping', 'x-pbx-delivery': json.delivery_id })
    expect((await world.call(world.rival.minor.token, 'POST', url)).status).toBe(404)
    expect(await deliveries()).toMatchObject([{ type: 'ping', status: 'delivered' }])
  })
})

describe('a webhook', () => {
  test('never shows its secret, but once when the server makes one; the audit log has none', async () => {
    const { token } = world.acme.minor
    const { id, ...shown } = await webhook(token, { secret: undefined })
    expect(shown).not.toHaveProperty('secret')
    const { json } = await world.call(token, 'POST', `/api/webhooks/${id}/rotate_secret/`)
    expect(json.secret).toMatch(/^[\w-]{43}$/)
    await say(ring(world.acme, 'a'))
    await good.until(1)
    const { headers, body } = good.posts[0]!
    const signed = createHmac('sha256', json.secret).update(`${headers['x-pbx-timestamp']}.${body}`).digest('hex')
    expect(headers['x-pbx-signature']).toBe(`sha256=${signed}`)
    const log = await sql(`SELECT changes::text FROM audit_log WHERE resource = 'webhooks' AND row_id = $1`, [id])
    expect(log).toHaveLength(2)
    for (const { changes } of log) {
      expect(changes).toContain('***')
      expect(changes).not.toContain(json.secret)
    }
  })

  test('is refused where it could not work, each field for itself', async () => {
    const { token } = world.acme.minor
    const body = {
      target_url: 'ftp://example.com/',
      events: ['call.lost'],
      filters: { colour: 'red' },
      secret: 'short',
    }
    const { status, json } = await world.call(token, 'POST', '/api/webhooks/', body)
    expect(status).toBe(400)
    expect(Object.keys(json.detail).sort()).toEqual(['events', 'filters', 'secret', 'target_url'])
    const wrong: [string, unknown][] = [
      ['events', []],
      ['events', 'call.ended'],
      ['events', null],
      ['filters', []],
      ['filters', { direction: 'sideways' }],
      ['filters', { extension_id: 'x' }],
      ['filters', { extension_id: [] }],
      ['secret', null],
      ['target_url', 'https://user:secret@example.com/'],
      ['target_url', 'http://10.0.0.1/'],
      ['target_url', 'http://[fe80::1]/'],
      ['target_url', 'http://169.254.169.254/latest/meta-data/'],
      ['target_url', 'https://name.invalid/'],
    ]
    for (const [field, value] of wrong) {
      const refused = await world.call(token, 'POST', '/api/webhooks/', { target_url: good.url, [field]: value })
      expect(refused.status, `${field} ${JSON.stringify(value)}`).toBe(400)
      expect(Object.keys(refused.json.detail)).toEqual([field])
    }
    const { id } = await webhook(token)
    const moved = await world.call(token, 'PATCH', `/api/webhooks/${id}/`, { target_url: 'http://192.168.1.1/' })
    expect(moved.json.detail).toEqual({ target_url: ['The address 192.168.1.1 is not on the internet.'] })
  })
})
