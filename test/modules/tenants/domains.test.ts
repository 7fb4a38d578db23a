/** Tenants: what hangs on them, and what their own administrators may change. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testUser, testWorld, type World } from '../../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)
const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)

describe('an administrator', () => {
  it('makes domains with a portal name of their own, each name once', async () => {
    const made = await asAdmin('POST', '/api/domains/', { name: 'new.example' })
    expect(made.json).toMatchObject({ name: 'new.example', home_switch: 'switch1', enabled: true })
    expect(made.json.portal_name).toMatch(/^[0-9a-f-]{36}\.com$/)
    const again = await asAdmin('POST', '/api/domains/', { name: 'new.example' })
    expect(again.json.detail).toEqual({ name: ['Domain with this name already exists.'] })
  })

  it('renames one: contexts and account codes that were its name follow, others stay', async () => {
    const { json: domain } = await asAdmin('POST', '/api/domains/', { name: 'before.example' })
    const make = async (extension: string, more: object = {}) =>
      (await asAdmin('POST', '/api/extensions/', { domain_id: domain.id, extension, password: 'x', ...more })).json.id
    const usual = await make('1')
    const special = await make('2', { user_context: 'public', accountcode: '42' })
    const elsewhere = await testExtension(world, world.rival, '1')
    await world.app.prisma.extension.update({ where: { id: elsewhere }, data: { user_context: 'before.example' } })
    await asAdmin('PATCH', `/api/domains/${domain.id}/`, { name: 'after.example' })
    const row = async (id: string) =>
      (await asAdmin('GET', `/api/extensions/${id}/?fields=user_context,accountcode`)).json
    expect(await row(usual)).toEqual({ user_context: 'after.example', accountcode: 'after.example' })
    expect(await row(special)).toEqual({ user_context: 'public', accountcode: '42' })
    expect((await row(elsewhere)).user_context).toBe('before.example')
  })

  it('deletes one with all that is in it, while its people stay, without a tenant', async () => {
    const { json: domain } = await asAdmin('POST', '/api/domains/', { name: 'doomed.example' })
    const domain_id = domain.id as string
    const person = await testUser(world.app, 'minor@doomed', ['minor_admin_api'], domain_id)
    const { json: extension } = await asAdmin('POST', '/api/extensions/', { domain_id, extension: '1', password: 'x' })
    const { prisma } = world.app
    await prisma.extensionUser.create({ data: { extension_id: extension.id, user_uuid: person.userUuid } })
    await prisma.gateway.create({ data: { domain_id, gateway: 'g', proxy: 'p' } })
    await prisma.bridge.create({ data: { domain_id, name: 'b', destination: 'd' } })
    await prisma.domainSetting.create({ data: { domain_id, category: 'a', subcategory: 'b' } })
    expect((await world.call(person.token, 'GET', '/api/extensions/')).json.count).toBe(1)
    expect((await asAdmin('DELETE', `/api/domains/${domain_id}/`)).status).toBe(204)
    for (const table of [prisma.extension, prisma.gateway, prisma.bridge, prisma.domainSetting] as {
      count(query: object): Promise<number>
    }[]) {
      expect(await table.count({ where: { domain_id } })).toBe(0)
    }
    expect(await prisma.voicemail.count({ where: { extension_id: extension.id } })).toBe(0)
    expect(await prisma.extensionUser.count({ where: { user_uuid: person.userUuid } })).toBe(0)
    expect(await prisma.profile.findUnique({ where: { id: person.profileId } })).toMatchObject({ domain_id: null })
    expect((await world.call(person.token, 'GET', '/api/extensions/')).json.count).toBe(0)
  })
})

describe('a minor administrator', () => {
  it('sees its own domain and no other, makes and deletes none', async () => {
    expect((await asMinor('GET', '/api/domains/')).json).toMatchObject({ count: 1, results: [{ id: world.acme.id }] })
    for (const method of ['GET', 'PATCH']) {
      const body = method === 'PATCH' ? { description: 'x' } : undefined
      expect((await asMinor(method, `/api/domains/${world.rival.id}/`, body)).status).toBe(404)
    }
    expect((await asMinor('POST', '/api/domains/', { name: 'x' })).status).toBe(403)
    expect((await asMinor('DELETE', `/api/domains/${world.acme.id}/`)).status).toBe(403)
  })

  it('changes its description and portal name; name, enabled and home_switch only to what they are', async () => {
    const url = `/api/domains/${world.acme.id}/`
    for (const change of [{ name: 'x' }, { enabled: false }, { home_switch: 'switch2' }]) {
      expect((await asMinor('PATCH', url, { description: 'no', ...change })).status, JSON.stringify(change)).toBe(403)
    }
    const { json: before } = await asMinor('GET', url)
    const put = await asMinor('PUT', url, { ...before, description: 'ours', enabled: 'true' })
    expect(put.status, put.text).toBe(200)
    expect(put.json).toMatchObject({ name: 'acme.example', description: 'ours' })
  })
})

it('is nothing that users see', async () => {
  for (const path of ['domains', 'domain_settings', 'default_settings', 'groups', 'time_condition_presets']) {
    expect((await world.call(world.acme.user.token, 'GET', `/api/${path}/`)).status, path).toBe(403)
  }
})

describe('groups', () => {
  it('that give roles are neither renamed nor deleted; others are', async () => {
    const { json } = await asAdmin('GET', '/api/groups/?name=user_api')
    const url = `/api/groups/${json.results[0].id}/`
    const refused = {
      non_field_errors: [
        'The groups admin_api, minor_admin_api, user_api decide roles: they cannot be renamed or deleted.',
      ],
    }
    expect((await asAdmin('DELETE', url)).json.detail).toEqual(refused)
    expect((await asAdmin('PATCH', url, { name: 'x' })).json.detail).toEqual(refused)
    expect((await asAdmin('PUT', url, { name: 'user_api' })).status).toBe(200)
    const made = await asAdmin('POST', '/api/groups/', { name: 'accountants' })
    expect((await asAdmin('PATCH', `/api/groups/${made.json.id}/`, { name: 'clerks' })).json.name).toBe('clerks')
    const none = await asAdmin('PATCH', `/api/groups/${made.json.id}/`, { name: 'user_api' })
    expect(none.json.detail).toEqual({ name: ['Group with this name already exists.'] })
    expect((await asAdmin('DELETE', `/api/groups/${made.json.id}/`)).status).toBe(204)
  })
})
