/** The audit log: who wrote what, when and from where, for who may read it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type TestUser, testExtension, testWorld, type World } from '../../support/app.ts'

const LOG = '/api/audit_log/'
const EXTENSIONS = '/api/extensions/'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  await world.app.pool.query('DELETE FROM audit_log')
})

const send = (method: string, url: string, body?: unknown, user: TestUser = world.acme.minor) =>
  world.call(user.token, method, url, body)

interface Entry {
  readonly id: string
  readonly [column: string]: unknown
}
async function log(query = '', user: TestUser = world.admin): Promise<Entry[]> {
  const answer = await send('GET', `${LOG}${query}`, undefined, user)
  expect(answer.status, answer.text).toBe(200)
  return answer.json.results as Entry[]
}

let n = 3000
async function extension(more = {}): Promise<string> {
  const answer = await send('POST', EXTENSIONS, { extension: String(n++), password: 'first secret', ...more })
  expect(answer.status, answer.text).toBe(201)
  return answer.json.id as string
}

describe('an entry', () => {
  it('of a create tells who, when, from where, the tenant and the values; secrets are ***', async () => {
    const id = await extension({ description: 'new', voicemail_password: '4711', call_timeout: 7 })
    const [entry, ...more] = await log()
    expect(more).toEqual([])
    expect(entry).toMatchObject({
      domain_id: world.acme.id,
      user_id: world.acme.minor.id,
      username: world.acme.minor.username,
      address: '127.0.0.1',
      action: 'create',
      resource: 'extensions',
      row_id: id,
      changes: {
        description: 'new',
        password: '***',
        voicemail_password: '***',
        call_timeout: 7,
        user_context: 'acme.example',
      },
    })
    expect(Math.abs(Date.now() - Date.parse(String(entry!.created)))).toBeLessThan(60_000)
    const { rows } = await world.app.pool.query('SELECT changes::text AS text FROM audit_log')
    expect(rows[0].text).not.toMatch(/first secret|4711/)
  })

  it('of an update tells each changed column as it was and as it is', async () => {
    const id = await extension({ description: 'old' })
    const changes = { description: null, call_timeout: 9, password: 'second secret', extension: '3999' }
    expect((await send('PATCH', `${EXTENSIONS}${id}/`, changes)).status).toBe(200)
    const [entry] = await log('?action=update')
    expect(entry).toMatchObject({ action: 'update', row_id: id, domain_id: world.acme.id })
    expect(entry!.changes).toEqual({
      description: ['old', null],
      call_timeout: [300, 9],
      password: ['***', '***'],
      extension: [expect.any(String), '3999'],
    })
  })

  it('of a change that waited for another one is the later of the two', async () => {
    const id = await extension()
    const holder = await world.app.pool.connect()
    try {
      await holder.query('BEGIN')
      await holder.query('SELECT 1 FROM extensions WHERE id = $1 FOR UPDATE', [id])
      const waiting = send('PATCH', `${EXTENSIONS}${id}/`, { description: 'waited' })
      await vi.waitFor(async () => {
        const { rows } = await holder.query(`SELECT 1 FROM pg_stat_activity
          WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`)
        expect(rows).toHaveLength(1)
      }, 20_000)
      const { rows } = await holder.query('SELECT clock_timestamp() AS now')
      await holder.query('COMMIT')
      expect((await waiting).status).toBe(200)
      const [entry] = await log()
      expect(Date.parse(String(entry!.created))).toBeGreaterThanOrEqual(rows[0].now.getTime())
    } finally {
      holder.release()
    }
  })

  it('is none where an update changed nothing', async () => {
    const id = await extension({ description: 'same' })
    expect((await send('PATCH', `${EXTENSIONS}${id}/`, { description: 'same' })).status).toBe(200)
    expect((await send('PATCH', EXTENSIONS, [{ id, description: 'same' }])).status).toBe(200)
    expect(await log('?action=update')).toEqual([])
  })

  it('of a delete tells what was there, and whose it was', async () => {
    const id = await extension({ description: 'gone' })
    expect((await send('DELETE', `${EXTENSIONS}${id}/`)).status).toBe(204)
    expect(await log('?action=delete')).toMatchObject([
      { row_id: id, domain_id: world.acme.id, changes: { description: 'gone', password: '***' } },
    ])
  })

  it('of a row whose tenant is found over relations has the tenant, also when it is deleted', async () => {
    const body = { username: 'logged', password: 'a long enough one', groups: ['user_api'] }
    const { json } = await send('POST', '/api/users/', body)
    expect((await send('PATCH', `/api/users/${json.id}/`, { password: 'another long one' })).status).toBe(200)
    expect((await send('DELETE', `/api/users/${json.id}/`)).status).toBe(204)
    const entries = await log('?resource=users')
    expect(entries.map(({ action, domain_id }) => [action, domain_id])).toEqual(
      ['delete', 'update', 'create'].map((action) => [action, world.acme.id]),
    )
    expect(entries[1]!.changes).toEqual({ password: '***' })
    expect(entries[2]!.changes).toMatchObject({ username: 'logged', groups: ['user_api'], password: '***' })
  })

  it('of a row of the whole system has no tenant', async () => {
    const { json } = await send('POST', '/api/groups/', { name: 'logged' }, world.admin)
    expect(await log('?resource=groups')).toMatchObject([{ row_id: String(json.id), domain_id: null }])
  })

  it('cuts long text', async () => {
    const id = await testExtension(world, world.acme, 'long')
    await world.app.pool.query("UPDATE extensions SET dial_string = repeat('x', 4096) WHERE id = $1", [id])
    await send('DELETE', `${EXTENSIONS}${id}/`)
    const [entry] = await log()
    expect((entry!.changes as { dial_string: string }).dial_string).toMatch(/^x{4000}…$/)
  })
})

describe('what is written together', () => {
  it('has one entry a row', async () => {
    const sent = Array.from({ length: 3 }, (_none, at) => ({ extension: `bulk${at}`, password: 'pw' }))
    const made = (await send('POST', EXTENSIONS, sent)).json as { id: string }[]
    const ids = made.map(({ id }) => id)
    await send(
      'PATCH',
      EXTENSIONS,
      ids.map((id, at) => ({ id, description: String(at) })),
    )
    await send('POST', `${EXTENSIONS}bulk_delete/`, { ids })
    for (const action of ['create', 'update', 'delete']) {
      const entries = await log(`?action=${action}`)
      expect(entries.map(({ row_id }) => row_id).sort(), action).toEqual([...ids].sort())
      expect(new Set(entries.map(({ domain_id }) => domain_id))).toEqual(new Set([world.acme.id]))
    }
  })

  it('has none where it was undone', async () => {
    const id = await extension()
    await world.app.pool.query('DELETE FROM audit_log')
    expect((await send('POST', EXTENSIONS, { extension: 'x' })).status).toBe(400)
    expect((await send('PATCH', `${EXTENSIONS}${id}/`, { domain_id: world.rival.id })).status).toBe(400)
    expect((await send('POST', EXTENSIONS, [{ extension: 'y', password: 'pw' }, {}])).status).toBe(400)
    expect((await send('PATCH', EXTENSIONS, [{ id, description: 'z' }, { id: 'none' }])).status).toBe(400)
    expect((await send('POST', `${EXTENSIONS}bulk_delete/`, [id, 'none'])).status).toBe(400)
    expect(await log()).toEqual([])
  })

  it('has none for an answer that was given again', async () => {
    const body = { extension: 'again', password: 'pw' }
    for (const status of [201, 201]) {
      const answer = await world.call(world.acme.minor.token, 'POST', EXTENSIONS, body, { 'idempotency-key': 'k' })
      expect(answer.status).toBe(status)
    }
    expect(await log()).toHaveLength(1)
  })
})

describe('reading', () => {
  it('is for administrators, and of minor ones for their own tenant', async () => {
    await extension()
    await send('POST', EXTENSIONS, { extension: 'theirs', password: 'pw' }, world.rival.minor)
    await send('POST', '/api/groups/', { name: 'nobodys' }, world.admin)
    expect(await log()).toHaveLength(3)
    const [own, ...more] = await log('', world.acme.minor)
    expect(more).toEqual([])
    expect(own).toMatchObject({ domain_id: world.acme.id })
    const [theirs] = await log('', world.rival.minor)
    expect((await send('GET', `${LOG}${theirs!.id}/`)).status).toBe(404)
    expect((await send('GET', LOG, undefined, world.acme.user)).status).toBe(403)
  })

  it('changes nothing: nobody writes entries', async () => {
    await extension()
    const [entry] = await log()
    for (const [method, url] of [
      ['POST', LOG],
      ['PATCH', LOG],
      ['PUT', `${LOG}${entry!.id}/`],
      ['DELETE', `${LOG}${entry!.id}/`],
    ] as const) {
      expect((await send(method, url, {}, world.admin)).status, method).toBe(405)
    }
  })

  it('begins with the newest, and pages on by cursor while entries are added', async () => {
    for (let at = 0; at < 5; at++) await extension()
    const all = await log()
    const times = all.map(({ created }) => Date.parse(String(created)))
    expect(times).toEqual([...times].sort((a, b) => b - a))
    const first = (await send('GET', `${LOG}?page_size=2`, undefined, world.admin)).json
    expect(first.next).toContain('cursor=')
    await extension()
    const second = (
      await send('GET', new URL(first.next).pathname + new URL(first.next).search, undefined, world.admin)
    ).json
    const ids = [...first.results, ...second.results].map(({ id }: Entry) => id)
    expect(ids).toEqual(all.slice(0, 4).map(({ id }) => id))
  })

  it('is narrowed by time, user, resource and row', async () => {
    const id = await extension()
    await extension()
    expect(await log(`?row_id=${id}`)).toHaveLength(1)
    expect(await log(`?user_id=${world.acme.minor.id}&resource=extensions&created__gte=2026-01-01`)).toHaveLength(2)
    expect(await log('?created__lt=2026-01-01')).toEqual([])
  })
})
