/** Idempotency-Key: a request that is sent again, because no answer came, does nothing twice. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import accounts from '../../src/modules/accounts/index.ts'
import tenants from '../../src/modules/tenants/index.ts'
import { moduleOf } from '../../src/plugins/resources.ts'
import { everything } from '../../src/rest/access.ts'
import { resource } from '../../src/rest/resource.ts'
import { type Answer, testWorld, type World } from '../support/app.ts'

const URL = '/api/gateways/'
const body = (gateway: string) => ({ gateway, proxy: 'p.example' })

/** An action that counts, and waits or fails when told to. */
let runs = 0
let gate: Promise<void> = Promise.resolve()
let fails = false
const counted = resource('Bridge', {
  path: 'counted',
  order: ['name'],
  search: [],
  access: { admin_api: everything },
  after: {
    write() {
      if (fails) throw new Error('on purpose')
    },
  },
  actions: {
    count: {
      on: 'collection',
      methods: ['POST'],
      roles: ['admin_api', 'minor_admin_api'],
      summary: 'Counts',
      async run() {
        runs += 1
        await gate
        if (fails) throw new Error('on purpose')
        return { runs }
      },
    },
  },
})

let world: World
beforeAll(async () => {
  world = await testWorld({}, [tenants, accounts, moduleOf('counted', [counted])])
})
afterAll(() => world?.close())

function post(key: string, payload: unknown, url = URL, token = world.acme.minor.token, more = {}): Promise<Answer> {
  return world.call(token, 'POST', url, payload, { 'idempotency-key': key, ...more })
}
const countOf = async (gateway: string) => world.app.prisma.gateway.count({ where: { gateway } })
const query = (text: string, values: unknown[] = []) => world.app.pool.query(text, values)

describe('the same request again', () => {
  it('gets the answer of the first, and creates nothing', async () => {
    const key = randomUUID()
    const first = await post(key, body('once'))
    expect(first.status, first.text).toBe(201)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    const again = await post(key, body('once'))
    expect([again.status, again.text]).toEqual([201, first.text])
    for (const name of ['content-type', 'location', 'etag']) expect(again.headers[name], name).toBe(first.headers[name])
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id'])
    expect(await countOf('once')).toBe(1)
    const { rows } = await query('SELECT count(*)::integer AS n FROM audit_log WHERE row_id = $1', [first.json.id])
    expect(rows[0].n, 'entries of the audit log').toBe(1)
  })

  it('holds for lists, forms, deletions of many and actions', async () => {
    const list = [body('list a'), body('list b')]
    const made = await post('list', list)
    expect((await post('list', list)).text).toBe(made.text)
    expect(await countOf('list a')).toBe(1)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = 'gateway=form&proxy=p'
    const first = await post('form', sent, URL, undefined, form)
    expect(first.status).toBe(201)
    expect((await post('form', sent, URL, undefined, form)).text).toBe(first.text)
    const ids = { ids: made.json.map(({ id }: { id: string }) => id) }
    for (let time = 0; time < 2; time++) {
      const gone = await post('delete', ids, `${URL}bulk_delete/`)
      expect([gone.status, gone.text]).toEqual([204, ''])
    }
    const before = runs
    const action = await post('action', undefined, '/api/counted/count/')
    expect((await post('action', undefined, '/api/counted/count/')).json).toEqual(action.json)
    expect(runs).toBe(before + 1)
  })

  it('sent several times at once is done once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => post('together', body('together'))))
    expect(new Set(all.map(({ text }) => text)).size).toBe(1)
    expect(all.filter((answer) => !answer.headers['idempotent-replayed'])).toHaveLength(1)
    expect(await countOf('together')).toBe(1)
  })

  it('while the first takes long is a 409 that says when to try again', async () => {
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const first = post('slow', undefined, '/api/counted/count/')
    await expect.poll(async () => (await query("SELECT FROM idempotency_keys WHERE key = 'slow'")).rowCount).toBe(1)
    const second = await post('slow', undefined, '/api/counted/count/')
    expect(second.status).toBe(409)
    expect(second.headers['retry-after']).toBe('1')
    expect(second.json).toMatchObject({ error: 409, detail: expect.stringContaining('under way') })
    open()
    gate = Promise.resolve()
    expect((await first).status).toBe(200)
    expect((await post('slow', undefined, '/api/counted/count/')).headers['idempotent-replayed']).toBe('true')
  })
})

describe('another request', () => {
  it('with the same key is a 422: another body, another URL', async () => {
    expect((await post('taken', body('taken'))).status).toBe(201)
    for (const [payload, url] of [
      [body('other'), URL],
      [body('taken'), `${URL}?partial=true`],
      [{ ids: [] }, `${URL}bulk_delete/`],
    ] as const) {
      const answer = await post('taken', payload, url)
      expect(answer.status).toBe(422)
      expect(answer.json).toMatchObject({ error: 422, detail: expect.stringContaining('another request') })
    }
    expect(await countOf('other')).toBe(0)
  })

  it('of another user has keys of its own', async () => {
    expect((await post('shared', body('mine'))).status).toBe(201)
    const theirs = await post('shared', body('theirs'), URL, world.rival.minor.token)
    expect(theirs.status).toBe(201)
    expect(theirs.headers['idempotent-replayed']).toBeUndefined()
    expect(theirs.json.domain_id).toBe(world.rival.id)
  })
})

describe('an error', () => {
  it('of what was sent leaves the key free for what is right', async () => {
    expect((await post('corrected', { gateway: 'corrected' })).status).toBe(400)
    expect((await post('corrected', { gateway: 'corrected' })).headers['idempotent-replayed']).toBeUndefined()
    expect((await post('corrected', body('corrected'))).status).toBe(201)
    expect((await post('corrected', body('corrected'))).headers['idempotent-replayed']).toBe('true')
  })

  it('of the server leaves it free for another try', async () => {
    fails = true
    expect((await post('failed', undefined, '/api/counted/count/')).status).toBe(500)
    fails = false
    const again = await post('failed', undefined, '/api/counted/count/')
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined])
  })

  it('of the server that comes after the commit does not let it be done again', async () => {
    const sent = { name: 'committed', destination: 'x', domain_id: world.acme.id }
    const bridge = () => post('committed', sent, '/api/counted/', world.admin.token)
    fails = true
    expect((await bridge()).status).toBe(500)
    fails = false
    const again = await bridge()
    expect(again.status, again.text).toBe(409)
    expect(again.json).toMatchObject({ error: 409, detail: expect.stringContaining('was done') })
    expect(await world.app.prisma.bridge.count({ where: { name: 'committed' } })).toBe(1)
  })

  it('without permission claims nothing', async () => {
    expect((await post('forbidden', body('x'), URL, world.acme.user.token)).status).toBe(403)
    expect((await query("SELECT FROM idempotency_keys WHERE key = 'forbidden'")).rowCount).toBe(0)
  })
})

describe('a key', () => {
  it.each([
    ['empty', ' '],
    ['too long', 'x'.repeat(256)],
  ])('that is %s is a 400', async (_what, key) => {
    const answer = await post(key, body('x'))
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toEqual({ 'Idempotency-Key': ['Ensure this header has 1 to 255 characters.'] })
  })

  it('may have 255 characters', async () => {
    expect((await post('x'.repeat(255), body('long'))).status).toBe(201)
  })

  it('claimed by a server that died is free after a minute', async () => {
    const claim =
      "INSERT INTO idempotency_keys (user_id, key, digest, created) VALUES ($1, $2, 'x', now() - $3::interval)"
    const { id } = world.acme.minor
    await query(claim, [id, 'dead', '61 seconds'])
    expect((await post('dead', body('dead'))).status).toBe(201)
    expect((await post('dead', body('dead'))).headers['idempotent-replayed']).toBe('true')
    await query(claim, [id, 'alive', '50 seconds'])
    expect((await post('alive', body('alive'))).status, 'the digest is another').toBe(422)
  })

  it('of a server that died after the commit, before it answered, does not let it be done again', async () => {
    expect((await post('halfway', body('halfway'))).status).toBe(201)
    const died = `UPDATE idempotency_keys SET status = NULL, headers = '{}', body = NULL,
      created = now() - interval '61 seconds' WHERE key = 'halfway'`
    await query(died)
    const again = await post('halfway', body('halfway'))
    expect(again.json).toMatchObject({ error: 409, detail: expect.stringContaining('was done') })
    expect(await countOf('halfway')).toBe(1)
  })

  it('is kept for a day', async () => {
    await post('day', body('day'))
    const age = (interval: string) =>
      query("UPDATE idempotency_keys SET created = now() - $1::interval WHERE key = 'day'", [interval])
    await age('23 hours 59 minutes')
    expect((await post('day', body('day'))).headers['idempotent-replayed']).toBe('true')
    await age('24 hours 1 second')
    const another = await post('day', body('another day'))
    expect([another.status, another.headers['idempotent-replayed']]).toEqual([201, undefined])
  })

  it('with methods other than POST means nothing', async () => {
    const { id } = (await post('made', body('made'))).json
    const headers = { 'idempotency-key': 'made' }
    const answer = await world.call(world.acme.minor.token, 'PATCH', `${URL}${id}/`, { channels: 7 }, headers)
    expect([answer.status, answer.json.channels]).toEqual([200, 7])
  })
})
