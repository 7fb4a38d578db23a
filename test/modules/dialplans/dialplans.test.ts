// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'

describe('dialplans', () => {
  let world: World
  beforeAll(async () => {
    world = await testWorld()
  })
  afterAll(() => world.close())

  const asAdmin = (method: string, path: string, body?: unknown) =>
    world.call(world.admin.token, method, `/api/${path}`, body)
  const asMinor = (method: string, path: string, body?: unknown) =>
    world.call(world.acme.minor.token, method, `/api/${path}`, body)
  const made = async (body: Record<string, unknown>) => {
    const answer = await asAdmin('POST', 'dialplans/', { domain_id: world.acme.id, ...body })
    expect(answer.status).toBe(201)
    return answer.json
  }

  const entry = (inner: string, attributes = '') => `<extension${attributes}>\n${inner}\n</extension>`
  const ECHO = '<condition field="destination_number" expression="^\\*55$"><action application="echo"/></condition>'

  it('takes what an entry leaves out from its XML, and says it in the XML too', async () => {
    const xml = `<?xml version="1.0"?>\n${entry(ECHO, ' name="echo test" continue="true"')}`
    const row = await made({ xml })
    expect(row).toMatchObject({ name: 'echo test', dp_continue: true, context: 'acme.example' })
    expect(row.xml).toBe(entry(ECHO, ` name="echo test" continue="true" uuid="${row.id}"`))
    const renamed = await asAdmin('PATCH', `dialplans/${row.id}/`, { name: 'a "b" & <c>', dp_continue: false })
    expect(renamed.json.xml).toBe(
      entry(ECHO, ` name="a &quot;b&quot; &amp; &lt;c&gt;" continue="false" uuid="${row.id}"`),
    )
    const changed = await asAdmin('PATCH', `dialplans/${row.id}/`, { xml: entry(ECHO, ' name="again"') })
    expect(changed.json).toMatchObject({ name: 'again', dp_continue: false })
    const unchanged = await asAdmin('PUT', `dialplans/${row.id}/`, changed.json)
    expect(unchanged.json.xml).toBe(changed.json.xml)
  })

  it('names what is missing in XML by the name of the row', async () => {
    const row = await made({ name: 'named', dp_continue: true, xml: entry(ECHO) })
    expect(row.xml).toContain(`<extension name="named" continue="true" uuid="${row.id}">`)
    expect((await made({})).xml).toBeNull()
  })

  it('refuses XML that says another name, another continue or the id of another entry', async () => {
    const other = { xml: entry(ECHO, ' name="a" continue="false"') }
    expect((await asAdmin('POST', 'dialplans/', { ...other, name: 'b' })).json.name[0]).toContain('"a"')
    expect((await asAdmin('POST', 'dialplans/', { ...other, dp_continue: true })).json.dp_continue).toHaveLength(1)
    const row = await made({ name: 'mine' })
    const stranger = { xml: entry(ECHO, ` name="mine" uuid="${randomUUID()}"`) }
    expect((await asAdmin('PATCH', `dialplans/${row.id}/`, stranger)).json.xml[0]).toContain(row.id)
  })

  it('says what is wrong with XML, and in which line', async () => {
    const sentences = async (xml: string) => {
      const { status, json } = await asAdmin('POST', 'dialplans/', { xml })
      expect(status).toBe(400)
      return json.xml.join(' ')
    }
    expect(await sentences('<extension>\n<condition></extension>')).toContain('Line 2: not well-formed')
    expect(await sentences(entry('<condition field="a" expression="^(1"/>'))).toMatch(/Line 2: .*is not closed/)
    expect(await sentences(entry('<condition colour="red"/>'))).toBe('Line 2: <condition> has no attribute colour.')
    expect(await sentences(entry('<action application="echo"/>'))).toContain('may not stand within <extension>')
    expect(await sentences(`${entry(ECHO)}${entry(ECHO)}`)).toContain('only one root')
    expect(await sentences('<include></include>')).toContain('one <extension> element, this is <include>')
    expect(await sentences('<!DOCTYPE x [<!ENTITY e "x">]><extension/>')).toContain('DOCTYPE is not taken')
    expect(await sentences(entry('<!-- <X-PRE-PROCESS cmd="exec" data="id"/> -->'))).toContain('Line 2: directives')
    expect(await sentences(entry(`<!-- ${'x'.repeat(140_000)} -->`))).toContain('at most 131072 characters')
  })

  it('keeps a minor administrator from the host of the switch, and takes the same from an administrator', async () => {
    const xml = entry('<condition>\n<action application="system" data="reboot"/></condition>', ' name="x"')
    const refused = await asMinor('POST', 'dialplans/', { xml })
    expect(refused.json.xml).toEqual([
      'Line 3: The application system runs programs on the host. Only administrators of the whole system may have it.',
    ])
    const row = await made({ xml })
    // What is there is not sent anew.
    expect((await asMinor('PATCH', `dialplans/${row.id}/`, { xml: row.xml, enabled: false })).status).toBe(200)
    const field = entry('<condition field="${system(reboot)}" expression="x"/>', ' name="x"')
    expect((await asMinor('PATCH', `dialplans/${row.id}/`, { xml: field })).json.xml[0]).toContain('system')
    expect((await asMinor('PATCH', `dialplans/${row.id}/`, { xml: entry(ECHO) })).status).toBe(200)
  })

  it('keeps a minor administrator in the context of its domain', async () => {
    const context = async (value: string) => (await asMinor('POST', 'dialplans/', { name: 'x', context: value })).json
    expect(await context('acme.example')).toMatchObject({ context: 'acme.example' })
    expect((await context('rival.example')).context[0]).toContain('"acme.example"')
    expect((await context('public')).context[0]).toContain('dialplan_ib_route')
    expect((await asMinor('POST', 'dialplans/', { name: 'x', hostname: 'switch9' })).json.hostname).toHaveLength(1)
    const inbound = await made({ name: 'in', context: 'public' })
    const path = `dialplans/${inbound.id}/`
    expect((await asMinor('PATCH', path, { enabled: false })).json).toMatchObject({ enabled: false, context: 'public' })
    expect((await asMinor('PATCH', path, { xml: entry(ECHO) })).json.xml[0]).toContain('administrators')
    expect((await asMinor('PATCH', path, { context: 'rival.example' })).status).toBe(400)
    expect(await world.app.prisma.dialplan.findUnique({ where: { id: inbound.id } })).toMatchObject({ xml: null })
  })

  it('cannot flush what no switch has cached, and says so', async () => {
    const row = await made({ name: 'flushed' })
    for (const method of ['GET', 'POST']) {
      expect((await asMinor(method, `dialplans/${row.id}/flush_cache_dialplan/`)).status).toBe(503)
      expect((await asMinor(method, 'dialplans/flush_cache_all_dialplans/')).status).toBe(503)
    }
    expect((await world.call(world.acme.user.token, 'POST', '/api/dialplans/')).status).toBe(403)
  })

  it('does so for each of many that are made at once', async () => {
    const xml = entry(ECHO, ' name="one of many"')
    const list = [1, 2].map((n) => ({ domain_id: world.acme.id, xml, sequence: 300 + n }))
    const made = await asAdmin('POST', 'dialplans/', list)
    expect(made.status).toBe(201)
    const { results } = (await asAdmin('GET', 'dialplans/?name=one of many')).json
    expect(results).toHaveLength(2)
    for (const row of results) expect(row.xml).toContain(`continue="false" uuid="${row.id}"`)
    const refused = await asMinor('POST', 'dialplans/', [{ name: 'fine' }, { name: 'other', context: 'rival.example' }])
    expect(refused.status).toBe(400)
    expect((await asAdmin('GET', 'dialplans/?name=fine')).json.count).toBe(0)
  })

  it('records in the audit log what is stored', async () => {
    const row = await made({ xml: entry(ECHO, ' name="logged"') })
    const log = await world.app.prisma.auditLog.findMany({ where: { row_id: row.id } })
    expect(log).toHaveLength(1)
    expect(log[0]!.changes).toMatchObject({ name: 'logged', xml: row.xml })
  })
})
