// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** IVR menus: the dialplan entry that each has, and where their keys may lead. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
  await testExtension(world, world.acme, '1001')
  await testExtension(world, world.rival, '1777')
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)
const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)
const asRival = (method: string, url: string, body?: unknown) => world.call(world.rival.minor.token, method, url, body)
const entryOf = async (id: string) => {
  const { dialplan_id } = await world.app.prisma.ivrMenus.findUniqueOrThrow({ where: { id } })
  return dialplan_id === null ? null : world.app.prisma.dialplan.findUnique({ where: { id: dialplan_id } })
}
let next = 3101
const made = async (body: object = {}, as = asMinor): Promise<string> => {
  const menu = await as('POST', '/api/ivrmenus/', { name: 'Main IVR', extension: String(next++), ...body })
  expect(menu.status, menu.text).toBe(201)
  return menu.json.id
}

describe('the dialplan entry of a menu', () => {
  it('is what a DjangoPBX makes, but for a ringback that nobody set', async () => {
    const id = await made({
      extension: '3100',
      language: 'en/us/callie',
      exit_app: 'transfer',
      exit_data: 'transfer:1001 XML acme.example',
    })
    const { dialplan_id, context } = (await asMinor('GET', `/api/ivrmenus/${id}/`)).json
    expect(context).toBe('acme.example')
    expect(await entryOf(id)).toMatchObject({
      id: dialplan_id,
      app_id: '6bf14c5d-c76c-4e6f-8782-c62bf7902ea3',
      context: 'acme.example',
      category: 'IVR menu',
      name: 'Main IVR',
      number: '3100',
      destination: false,
      dp_continue: false,
      sequence: 101,
      enabled: true,
      xml: `<extension name="Main IVR" continue="false" uuid="${dialplan_id}">
  <condition field="destination_number" expression="^3100$">
    <action application="ring_ready" data=""/>
    <action application="answer" data=""/>
    <action application="sleep" data="1000"/>
    <action application="set" data="hangup_after_bridge=true"/>
    <action application="set" data="presence_id=3100@acme.example"/>
    <action application="set" data="default_language=en"/>
    <action application="set" data="default_dialect=us"/>
    <action application="set" data="default_voice=callie"/>
    <action application="set" data="ivr_menu_uuid=${id}"/>
    <action application="ivr" data="${id}"/>
    <action application="transfer" data="1001 XML acme.example"/>
  </condition>
</extension>`,
    })
  })

  it('follows every change, is made anew when asked for, and goes with the menu', async () => {
    const id = await made()
    const url = `/api/ivrmenus/${id}/`
    const entry = (await entryOf(id))!
    await asMinor('PATCH', url, { extension: '3190', enabled: false, ringback: '${uk-ring}', cid_prefix: 'Menu' })
    const changed = (await entryOf(id))!
    expect(changed).toMatchObject({ id: entry.id, number: '3190', enabled: false })
    for (const data of [
      'ringback=${uk-ring}',
      'transfer_ringback=${uk-ring}',
      'effective_caller_id_name=Menu#${caller_id_name}',
    ]) {
      expect(changed.xml).toContain(`<action application="set" data="${data}"/>`)
    }
    await world.app.prisma.dialplan.delete({ where: { id: entry.id } })
    const { gen_xml } = (await asMinor('GET', url)).json
    expect(gen_xml).toBe(`http://localhost:80${url}generate_xml/`)
    const generated = await asMinor('POST', `${url}generate_xml/`)
    expect(generated.json).toMatchObject({ id, dialplan_id: (await entryOf(id))!.id })
    const { dialplan_id } = generated.json
    expect((await asMinor('DELETE', url)).status).toBe(204)
    expect(await world.app.prisma.dialplan.findUnique({ where: { id: dialplan_id } })).toBeNull()
  })

  it('is none for a menu of no tenant', async () => {
    expect(await entryOf(await made({ domain_id: null }, asAdmin))).toBeNull()
  })
})

describe('what is refused, with a reason under its field', () => {
  it.each([
    [{ exit_app: 'transfer', exit_data: 'transfer:1777 XML acme.example' }, 'exit_data'],
    [{ exit_app: 'transfer', exit_data: 'transfer:1001 XML rival.example' }, 'exit_data'],
    [{ exit_app: 'lua', exit_data: 'evil.lua' }, 'exit_data'],
    [{ exit_app: 'transfer' }, 'exit_data'],
    [{ greet_long: '../../../etc/passwd' }, 'greet_long'],
    [{ greet_short: '/var/lib/recordings/rival.example/x.wav' }, 'greet_short'],
    [{ invalid_sound: 'http_cache://http://10.0.0.1/' }, 'invalid_sound'],
    [{ exit_sound: '${system ls}' }, 'exit_sound'],
    [{ language: 'en us' }, 'language'],
    [{ ringback: '${system ls}' }, 'ringback'],
    [{ cid_prefix: '${x}' }, 'cid_prefix'],
    [{ confirm_key: 'x' }, 'confirm_key'],
    [{ context: 'rival.example' }, 'context'],
    [{ extension: '31 90' }, 'extension'],
    [{ extension: '1001' }, 'extension'],
  ])('%j', async (body, field) => {
    const before = await world.app.prisma.dialplan.count()
    const answer = await asMinor('POST', '/api/ivrmenus/', { extension: '3191', ...body })
    expect(answer.status, answer.text).toBe(400)
    expect(Object.keys(answer.json)).toContain(field)
    expect(await world.app.prisma.dialplan.count()).toBe(before)
  })

  it('greetings may be sounds, recordings of the tenant, speech and phrases', async () => {
    for (const greet_long of [
      'ivr/ivr-welcome.wav',
      '${recordings_dir}/acme.example/welcome 1.wav',
      '${recordings_dir}/${domain_name}/welcome.wav',
      'say:Welcome to Acme, press 1',
      'phrase:main_menu',
    ]) {
      await made({ greet_long })
    }
  })
})

describe('keys of a menu', () => {
  const option = (ivr_menu_id: string, body: object, as = asMinor) =>
    as('POST', '/api/ivrmenuoptions/', { ivr_menu_id, option_digits: '1', ...body })

  it('lead to what the tenant has, by number or as DjangoPBX writes it', async () => {
    const id = await made()
    for (const option_param of ['1001', 'transfer 1001 XML acme.example', '*991001', '+441234567890', 'hangup']) {
      const answer = await option(id, { option_param })
      // Only the box of an extension that was made by the API is there.
      const missing = option_param === '*991001'
      expect(answer.status, answer.text).toBe(missing ? 400 : 201)
      if (!missing) expect(answer.json).toMatchObject({ option_action: 'menu-exec-app', option_param })
    }
  })

  it('lead to nothing of another tenant, to which the answer is that of a thing nobody has', async () => {
    const id = await made()
    for (const as of [asMinor, asAdmin]) {
      const [foreign, missing] = await Promise.all(
        ['1777', '1999'].map((option_param) => option(id, { option_param }, as)),
      )
      expect([foreign!.status, missing!.status]).toEqual([400, 400])
      expect(foreign!.text.replaceAll('1777', '1999')).toBe(missing!.text)
      expect(Object.keys(foreign!.json)).toContain('option_param')
    }
    for (const option_param of ['transfer 1777 XML rival.example', 'lua evil.lua', 'transfer $1 XML acme.example']) {
      expect((await option(id, { option_param })).status).toBe(400)
    }
  })

  it('lead to other menus of the tenant, by their ids', async () => {
    const [id, other, foreign] = [await made(), await made(), await made({}, asRival)]
    const sub = (option_param: string, as = asMinor) => option(id, { option_action: 'menu-sub', option_param }, as)
    expect((await sub(other)).status).toBe(201)
    for (const as of [asMinor, asAdmin]) {
      const answer = await sub(foreign, as)
      expect(answer.json.option_param).toEqual([`Invalid pk "${foreign}" - object does not exist.`])
    }
    for (const param of [id, 'Main IVR', '3100']) expect((await sub(param)).status).toBe(400)
  })

  it('play sounds of the switch and the tenant, and go back, up and out', async () => {
    const id = await made()
    const play = (option_param: string) => option(id, { option_action: 'menu-play-sound', option_param })
    expect((await play('ivr/ivr-thank_you.wav')).status).toBe(201)
    for (const param of ['../../etc/passwd', '/etc/passwd', '${recordings_dir}/rival.example/x.wav']) {
      expect((await play(param)).status).toBe(400)
    }
    for (const option_action of ['menu-back', 'menu-top', 'menu-exit']) {
      expect((await option(id, { option_action, option_param: '-' })).status).toBe(201)
    }
    const unknown = await option(id, { option_action: 'menu-format-disk', option_param: '-' })
    expect(unknown.json.option_action[0]).toContain('menu-exec-app')
    expect((await option(id, { option_digits: '/^(.*)$/', option_param: '1001' })).status).toBe(400)
    expect((await option(id, { option_digits: '/^(.)$/', option_param: '1001' }, asAdmin)).status).toBe(201)
  })

  it('stay with the menu in its tenant', async () => {
    const id = await made()
    const move = () => asAdmin('PATCH', `/api/ivrmenus/${id}/`, { domain_id: world.rival.id })
    await option(id, { option_param: '1001' })
    expect((await move()).json.domain_id).toEqual([
      'Remove the options of the IVR menu first: they lead to what its domain has.',
    ])
    await world.app.prisma.ivrMenuOptions.deleteMany({ where: { ivr_menu_id: id } })
    expect((await move()).json).toMatchObject({ domain_id: world.rival.id, context: 'rival.example' })
  })

  it('can be changed in part when what they lead to has gone', async () => {
    const id = await made()
    const extension = await testExtension(world, world.acme, '1088')
    const { json } = await option(id, { option_param: '1088' })
    await asMinor('DELETE', `/api/extensions/${extension}/`)
    expect((await asMinor('PATCH', `/api/ivrmenuoptions/${json.id}/`, { sequence: 5 })).status).toBe(200)
    expect((await asMinor('PATCH', `/api/ivrmenuoptions/${json.id}/`, { option_param: '1089' })).status).toBe(400)
  })
})

describe('a number that is taken', () => {
  it('is refused with what has it, whichever came first', async () => {
    await made({ extension: '3180' })
    for (const [path, more] of [
      ['extensions', { password: 'pw' }],
      ['ringgroups', {}],
      ['ivrmenus', {}],
    ] as const) {
      const answer = await asMinor('POST', `/api/${path}/`, { extension: '3180', ...more })
      expect([answer.status, answer.json.extension]).toEqual([
        400,
        ['The number 3180 is taken by an IVR menu of this domain.'],
      ])
    }
  })
})

describe('commands to switches', () => {
  it('wait for a switch: 503 until one is connected, 404 for a menu of others', async () => {
    const id = await made()
    for (const method of ['GET', 'POST']) {
      expect((await asMinor(method, `/api/ivrmenus/${id}/flush_cache_ivrmenu/`)).status).toBe(503)
      expect((await asRival(method, `/api/ivrmenus/${id}/flush_cache_ivrmenu/`)).status).toBe(404)
      expect((await asRival(method, `/api/ivrmenus/${id}/generate_xml/`)).status).toBe(404)
    }
  })
})
