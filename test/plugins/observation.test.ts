/** What operators see, and what they must not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logger } from '../../src/logger.ts'
import { testWorld, type World } from '../support/app.ts'

const SECRETS = ['password', 'token', 'api_key', 'authorization', 'agent_pin']

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

describe('probes', () => {
  it('tell of the process and of the database, to anybody', async () => {
    expect((await world.call(null, 'GET', '/healthz')).json).toEqual({ status: 'ok' })
    expect((await world.call(null, 'GET', '/readyz')).json).toEqual({ status: 'ok', database: 'ok' })
    expect((await world.call(null, 'HEAD', '/readyz')).status).toBe(200)
  })
})

describe('metrics', () => {
  it('count requests by method, route and status, never by what a caller made up', async () => {
    await world.call(world.admin.token, 'GET', `/api/domains/${world.acme.id}/?fields=id`)
    await world.call(null, 'GET', '/api/extensions.json')
    await world.call(null, 'GET', '/made/up/by/a/caller')
    const { text, headers } = await world.call(null, 'GET', '/metrics')
    expect(headers['content-type']).toContain('text/plain')
    const count = (labels: string) => new RegExp(`^http_request_duration_seconds_count\\{${labels}\\} 1$`, 'm')
    expect(text).toMatch(count('method="GET",route="/api/domains/:id/",status="200"'))
    expect(text).toMatch(count('method="GET",route="/api/extensions/",status="401"'))
    expect(text).toMatch(count('method="GET",route="none",status="404"'))
    expect(text).toMatch(/^database_pool_connections\{state="idle"\} \d+$/m)
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m)
    expect(text).not.toContain('made/up')
    expect(text).not.toContain(world.acme.id)
  })
})

describe('the log', () => {
  it('keeps to its level', () => {
    const lines: string[] = []
    const log = logger('error', { write: (line) => lines.push(line) })
    log.warn('less')
    log.error('more')
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['more'])
  })

  it('masks secrets at the depths where the server logs objects', () => {
    const lines: string[] = []
    const stream = { write: (line: string) => lines.push(line) }
    const log = logger('info', stream)
    const secrets = Object.fromEntries(SECRETS.map((name) => [name, 'hunter2']))
    log.info(secrets)
    log.info({ body: secrets })
    log.info({ req: { headers: secrets } })
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(line).not.toContain('hunter2')
      expect(line).toContain('[secret]')
    }
  })
})
