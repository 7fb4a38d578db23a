// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDocument } from '../../../src/freeswitch/dialplan/document.ts'
import { dialplanXml } from '../../../src/freeswitch/dialplan/extension.ts'
import { DEFAULTS } from '../../../src/modules/dialplans/defaults/index.ts'
import { testWorld, type World } from '../../support/app.ts'

describe('every entry that a domain begins with', () => {
  it.each(DEFAULTS.map((entry) => [entry.name, entry] as const))(
    '%s is what a tenant could have written',
    (_, entry) => {
      const xml = dialplanXml({
        name: entry.name,
        continue: entry.continue ?? false,
        uuid: 'u',
        conditions: entry.conditions,
      })
      expect(readDocument(xml, { trusted: false }).errors).toEqual([])
      expect(entry.description.length).toBeLessThanOrEqual(254)
    },
  )

  it('has a name and a place of its own', () => {
    expect(new Set(DEFAULTS.map(({ name }) => name)).size).toBe(DEFAULTS.length)
    expect(DEFAULTS.every(({ sequence }) => sequence > 0 && sequence < 1000)).toBe(true)
  })

  it('is in the table of docs/dialplans.md', () => {
    const page = readFileSync(new URL('../../../docs/dialplans.md', import.meta.url), 'utf8')
    const rows = DEFAULTS.map(
      ({ sequence, name, number, description }) =>
        `| ${sequence} | ${name} | ${number ? `\`${number}\`` : ''} | ${description} |`,
    )
    expect(page).toContain(rows.join('\n'))
  })

  it('needs no web server and no script', () => {
    expect(JSON.stringify(DEFAULTS)).not.toMatch(/httapi|lua|python|curl|https?:/)
  })
})

describe('a new domain', () => {
  let world: World
  beforeAll(async () => {
    world = await testWorld()
  })
  afterAll(() => world?.close())

  const asAdmin = (method: string, path: string, body?: unknown) =>
    world.call(world.admin.token, method, `/api/${path}`, body)
  const entries = async (domainId: string) =>
    (await asAdmin('GET', `dialplans/?domain_id=${domainId}&page_size=100`)).json.results as Record<string, unknown>[]

  it('has the entries in its own context, each with its own id in its XML', async () => {
    const { json: domain } = await asAdmin('POST', 'domains/', { name: 'fresh.example' })
    const rows = await entries(domain.id)
    expect(rows).toHaveLength(DEFAULTS.length)
    const fresh = { context: 'fresh.example', category: 'Default', enabled: true, updated_by: 'root', hostname: null }
    for (const row of rows) {
      expect(row).toMatchObject(fresh)
      expect(row.xml).toContain(`uuid="${row.id}"`)
      expect(row.xml).toContain(`continue="${row.dp_continue}"`)
    }
    const [voicemail] = rows.filter(({ name }) => name === 'vmain')
    expect(voicemail).toMatchObject({ number: '*98, *98[ext]', sequence: 320 })
  })

  it('can change and delete them, also through its own administrators', async () => {
    const { json: domain } = await asAdmin('POST', 'domains/', { name: 'edited.example' })
    const { app } = world
    await app.prisma.profile.update({ where: { id: world.acme.minor.profileId }, data: { domain_id: domain.id } })
    await world.app.callers.settled()
    const [first, second] = (await entries(domain.id)) as [Record<string, unknown>, Record<string, unknown>]
    const asMinor = (method: string, row: Record<string, unknown>, body?: unknown) =>
      world.call(world.acme.minor.token, method, `/api/dialplans/${row.id}/`, body)
    expect((await asMinor('PATCH', first, { enabled: false })).json.enabled).toBe(false)
    expect((await asMinor('PUT', first, { ...first, description: 'mine' })).json.description).toBe('mine')
    expect((await asMinor('DELETE', second)).status).toBe(204)
    expect(await entries(domain.id)).toHaveLength(DEFAULTS.length - 1)
  })

  it('takes them along when it is renamed, and nobody else', async () => {
    const { json: domain } = await asAdmin('POST', 'domains/', { name: 'old.example' })
    const shared = (await asAdmin('POST', 'dialplans/', { name: 'shared', context: 'old.example' })).json
    const rival = (await asAdmin('POST', 'dialplans/', { domain_id: world.rival.id, context: 'old.example' })).json
    await asAdmin('PATCH', `domains/${domain.id}/`, { name: 'newer.example' })
    expect(new Set((await entries(domain.id)).map(({ context }) => context))).toEqual(new Set(['newer.example']))
    expect((await asAdmin('GET', `dialplans/${shared.id}/`)).json.context).toBe('newer.example')
    expect((await asAdmin('GET', `dialplans/${rival.id}/`)).json.context).toBe('old.example')
  })

  it('cannot be called public, where the calls of all domains come in', async () => {
    expect((await asAdmin('POST', 'domains/', { name: 'Public' })).json.name[0]).toContain('context')
  })
})
