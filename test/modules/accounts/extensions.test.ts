/** Extensions: the guide's examples, the voicemail box that comes with each, and what users may do with their own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)
const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)
const asUser = (method: string, url: string, body?: unknown) => world.call(world.acme.user.token, method, url, body)
const boxOf = (extension_id: string) => world.app.prisma.voicemail.findMany({ where: { extension_id } })

describe('as the guide shows', () => {
  it('an extension is made, changed, found and deleted', async () => {
    const made = await asAdmin('POST', '/api/extensions/', {
      domain_id: world.acme.id,
      extension: '1001',
      password: 'secure-password-123',
      effective_caller_id_name: 'John Doe',
      effective_caller_id_number: '1001',
      enabled: true,
    })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      url: `http://localhost:80/api/extensions/${made.json.id}/`,
      extension: '1001',
      password: 'secure-password-123',
      enabled: true,
      limit_max: 5,
      updated_by: 'root',
      created: expect.stringMatching(/Z$/),
    })
    const changed = await asAdmin('PATCH', `/api/extensions/${made.json.id}/`, {
      forward_all_enabled: true,
      forward_all_destination: '1002',
      do_not_disturb: false,
    })
    expect(changed.json).toEqual({
      ...made.json,
      forward_all_enabled: true,
      forward_all_destination: '1002',
      updated: expect.any(String),
    })
    const found = await asAdmin('GET', `/api/extensions/?domain_id=${world.acme.id}&extension__contains=100`)
    expect(found.json).toMatchObject({ count: 1, next: null, previous: null, results: [changed.json] })
    expect((await asAdmin('DELETE', `/api/extensions/${made.json.id}/`)).status).toBe(204)
  })
})

describe('creating one', () => {
  it('makes its voicemail box, whose PIN is its number, and fills context and account code', async () => {
    const { json } = await asMinor('POST', '/api/extensions/', { extension: '1002', password: 'pw', user_context: '' })
    expect(json).toMatchObject({ domain_id: world.acme.id, user_context: 'acme.example', accountcode: 'acme.example' })
    expect(await boxOf(json.id)).toMatchObject([
      {
        password: '1002',
        enabled: true,
        attach_file: 'true',
        local_after_email: true,
        updated_by: 'minor@acme.example',
      },
    ])
  })

  it('takes a PIN for the box and a context of its own', async () => {
    const body = { extension: '1003', password: 'pw', voicemail_password: '9876', user_context: 'public' }
    const { json } = await asMinor('POST', '/api/extensions/', body)
    expect(json.user_context).toBe('public')
    expect(json).not.toHaveProperty('voicemail_password')
    expect(await boxOf(json.id)).toMatchObject([{ password: '9876' }])
    const later = await asMinor('PATCH', `/api/extensions/${json.id}/`, { voicemail_password: '1111' })
    expect(later.status).toBe(200)
    expect(await boxOf(json.id)).toMatchObject([{ password: '9876' }])
    const long = await asMinor('POST', '/api/extensions/', {
      ...body,
      extension: '1004',
      voicemail_password: '1'.repeat(17),
    })
    expect(long.json.detail).toEqual({ voicemail_password: ['Ensure this field has no more than 16 characters.'] })
  })

  it('respects the settings in force for the domain', async () => {
    const { domainSetting, defaultSetting } = world.app.prisma
    const make = async (extension: string) => {
      const body = { domain_id: world.rival.id, extension, password: 'pw' }
      const { json } = await asAdmin('POST', '/api/extensions/', body)
      const [box] = await boxOf(json.id)
      return [box?.attach_file, box?.local_after_email]
    }
    const setting = (subcategory: string, value: string) => ({ category: 'voicemail', subcategory, value })
    expect(await make('1')).toEqual(['true', true])
    await defaultSetting.updateMany({ where: { subcategory: 'attach_file' }, data: { value: 'link' } })
    expect(await make('2')).toEqual(['link', true])
    for (const data of [setting('attach_file', 'false'), setting('local_after_email', 'False')]) {
      await domainSetting.create({ data: { domain_id: world.rival.id, ...data } })
    }
    expect(await make('3')).toEqual(['false', false])
    await domainSetting.updateMany({ where: { subcategory: 'attach_file' }, data: { enabled: false } })
    expect(await make('4'), 'a disabled setting is none').toEqual(['link', false])
    await domainSetting.updateMany({ data: { enabled: true, value: 'neither of the choices' } })
    expect(await make('5'), 'nonsense counts as not set').toEqual(['true', true])
    await domainSetting.deleteMany()
    await defaultSetting.deleteMany()
    expect(await make('6')).toEqual(['true', true])
  })

  it('leaves nothing when the box cannot be made', async () => {
    await world.app.pool.query('ALTER TABLE voicemails ADD CONSTRAINT no_more CHECK (false) NOT VALID')
    const answer = await asMinor('POST', '/api/extensions/', { extension: '1666', password: 'pw' })
    await world.app.pool.query('ALTER TABLE voicemails DROP CONSTRAINT no_more')
    expect(answer.status).toBe(500)
    expect(await world.app.prisma.extension.count({ where: { extension: '1666' } })).toBe(0)
  })
})

describe('a user', () => {
  let own: string
  beforeAll(async () => {
    own = await testExtension(world, world.acme, '2001', world.acme.user)
    await testExtension(world, world.acme, '2002')
  })

  it('sees its own extensions, without secrets, and cannot find by them', async () => {
    const { json } = await asUser('GET', '/api/extensions/')
    expect(json).toMatchObject({ count: 1, results: [{ id: own, extension: '2001' }] })
    expect(json.results[0]).not.toHaveProperty('password')
    expect((await asUser('GET', '/api/extensions/?password=pw')).status).toBe(400)
    expect((await asUser('GET', '/api/extensions/?fields=password')).status).toBe(400)
    const customer = await asUser('GET', `/api/customerextensions/${own}/`)
    expect(customer.json).toMatchObject({ extension: '2001' })
    for (const name of ['password', 'accountcode', 'user_context', 'dial_string']) {
      expect(customer.json).not.toHaveProperty(name)
    }
  })

  it('changes forwarding and the like, and sends the rest back as it was', async () => {
    const { json: before } = await asUser('GET', `/api/extensions/${own}/`)
    const forwarding = { forward_busy_enabled: true, forward_busy_destination: '2002', effective_caller_id_name: 'Ann' }
    const put = await asUser('PUT', `/api/extensions/${own}/`, { ...before, ...forwarding })
    expect(put.status, put.text).toBe(200)
    expect(put.json).toMatchObject({ ...forwarding, updated_by: 'user@acme.example' })
    const refused = await asUser('PATCH', `/api/extensions/${own}/`, { extension: '2009', toll_allow: 'international' })
    expect(refused.json.detail).toEqual({
      extension: ['You may not change this field.'],
      toll_allow: ['You may not change this field.'],
    })
    expect((await asUser('PATCH', `/api/extensions/${own}/`, { password: 'pw' })).status, 'not even to guess it').toBe(
      400,
    )
  })

  it('makes and deletes none, and flushes nothing', async () => {
    expect((await asUser('POST', '/api/extensions/', { extension: '1', password: 'x' })).status).toBe(403)
    expect((await asUser('DELETE', `/api/extensions/${own}/`)).status).toBe(403)
    expect((await asUser('POST', `/api/extensions/${own}/flush_cache_directory/`)).status).toBe(403)
    expect((await asUser('POST', '/api/extensions/flush_cache_all_directories/')).status).toBe(403)
  })
})

describe('flushing the cache', () => {
  it('says that no switch is connected, to GET and POST, one extension and all', async () => {
    const id = await testExtension(world, world.acme, '4001')
    for (const method of ['GET', 'POST']) {
      for (const url of [
        `/api/extensions/${id}/flush_cache_directory/`,
        '/api/extensions/flush_cache_all_directories/',
      ]) {
        const answer = await asMinor(method, url)
        expect(answer.status).toBe(503)
        expect(answer.headers['retry-after']).toBe('60')
        expect(answer.json).toEqual({
          error: 503,
          message: 'Service Unavailable',
          detail: 'No telephone switch is connected to this server, so its cached directory could not be flushed.',
        })
      }
    }
  })

  it("of another tenant's extension is a 404", async () => {
    const id = await testExtension(world, world.rival, '4002')
    expect((await asMinor('POST', `/api/extensions/${id}/flush_cache_directory/`)).status).toBe(404)
  })
})

describe('deleting one', () => {
  it('takes its box, its follow-me and its owners along', async () => {
    const { json } = await asAdmin('POST', '/api/extensions/', {
      domain_id: world.acme.id,
      extension: '5001',
      password: 'x',
    })
    const extension_id = json.id as string
    const { prisma } = world.app
    await prisma.followMeDestination.create({ data: { extension_id, destination: '1' } })
    await prisma.extensionUser.create({ data: { extension_id, user_uuid: world.acme.user.userUuid } })
    expect((await asMinor('DELETE', `/api/extensions/${extension_id}/`)).status).toBe(204)
    const where = { extension_id }
    expect(await prisma.voicemail.count({ where })).toBe(0)
    expect(await prisma.followMeDestination.count({ where })).toBe(0)
    expect(await prisma.extensionUser.count({ where })).toBe(0)
  })
})
