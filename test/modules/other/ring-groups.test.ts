// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** Ring groups: the dialplan entry that each has, kept in step with it, and how it rings. */
import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'

let world: World
const extensions: Record<string, string> = {}
beforeAll(async () => {
  world = await testWorld()
  for (const number of ['1001', '1002', '1003']) extensions[number] = await testExtension(world, world.acme, number)
  extensions.rival = await testExtension(world, world.rival, '1777')
})
afterAll(() => world?.close())

const asAdmin = (method: string, url: string, body?: unknown) => world.call(world.admin.token, method, url, body)
const asMinor = (method: string, url: string, body?: unknown) => world.call(world.acme.minor.token, method, url, body)
const asRival = (method: string, url: string, body?: unknown) => world.call(world.rival.minor.token, method, url, body)
const entryOf = async (id: string) => {
  const { dialplan_id } = await world.app.prisma.ringGroup.findUniqueOrThrow({ where: { id } })
  return dialplan_id === null ? null : world.app.prisma.dialplan.findUnique({ where: { id: dialplan_id } })
}
const xmlOf = async (id: string): Promise<string> => (await entryOf(id))!.xml!
const bridgeOf = async (id: string): Promise<string> => {
  const [, data] = /application="bridge" data="([^"]*)"/.exec(await xmlOf(id)) ?? []
  return (data ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
}
let next = 3001
const made = async (body: object = {}, numbers: readonly string[] = []): Promise<string> => {
  const group = await asMinor('POST', '/api/ringgroups/', { name: 'Sales RG', extension: String(next++), ...body })
  expect(group.status, group.text).toBe(201)
  for (const number of numbers) await ringing(group.json.id, number)
  return group.json.id
}
const ringing = async (ring_group_id: string, number: string, body: object = {}) => {
  const answer = await asMinor('POST', '/api/ringgroupdestinations/', { ring_group_id, number, ...body })
  expect(answer.status, answer.text).toBe(201)
  return answer.json
}

describe('the dialplan entry of a ring group', () => {
  it('is what a DjangoPBX makes, but for a ringback that nobody set', async () => {
    const id = await made(
      { timeout_app: 'transfer', timeout_data: 'transfer:1001 XML acme.example', call_timeout: 30, extension: '3000' },
      ['1002', '1003'],
    )
    const { dialplan_id } = (await asMinor('GET', `/api/ringgroups/${id}/`)).json
    expect(await entryOf(id)).toMatchObject({
      id: dialplan_id,
      domain_id: world.acme.id,
      app_id: '77578687-8eb7-4bb7-a00a-ddf3e8b7169f',
      context: 'acme.example',
      category: 'Ring group',
      name: 'Sales RG',
      number: '3000',
      destination: false,
      dp_continue: false,
      sequence: 101,
      enabled: true,
    })
    const leg = (number: string) =>
      `[dialed_extension=${number},extension_uuid=${extensions[number]},sip_invite_domain=acme.example,confirm=false,leg_timeout=30,leg_delay_start=0]user/${number}@acme.example`
    expect(await xmlOf(id)).toBe(
      `<extension name="Sales RG" continue="false" uuid="${dialplan_id}">
  <condition field="destination_number" expression="^3000$"/>
  <condition field="\${call_direction}" expression="^inbound$" break="never">
    <action application="set" data="rg_ob_caller_id_name=\${caller_id_name}"/>
    <action application="set" data="rg_ob_caller_id_number=\${caller_id_number}"/>
    <anti-action application="set" data="rg_ob_caller_id_name=\${outbound_caller_id_name}"/>
    <anti-action application="set" data="rg_ob_caller_id_number=\${outbound_caller_id_number}"/>
  </condition>
  <condition field="destination_number" expression="^3000$">
    <action application="set" data="ring_group_uuid=${id}" inline="true"/>
    <action application="set" data="hangup_after_bridge=true"/>
    <action application="set" data="call_timeout=30"/>
    <action application="set" data="continue_on_fail=true"/>
    <action application="ring_ready" data=""/>
    <action application="bridge" data="&lt;ignore_early_media=true&gt;${leg('1002')},${leg('1003')}"/>
    <action application="transfer" data="1001 XML acme.example"/>
  </condition>
</extension>`,
    )
  })

  it('is there from the start, follows every change and goes with the group', async () => {
    const id = await made()
    const entry = (await entryOf(id))!
    expect(entry.xml).not.toContain('application="bridge"')
    await asMinor('PATCH', `/api/ringgroups/${id}/`, { extension: '3900', name: 'Moved', enabled: false })
    expect(await entryOf(id)).toMatchObject({ id: entry.id, number: '3900', name: 'Moved', enabled: false })
    expect(await xmlOf(id)).toContain('^3900$')
    expect((await asMinor('DELETE', `/api/ringgroups/${id}/`)).status).toBe(204)
    expect(await world.app.prisma.dialplan.findUnique({ where: { id: entry.id } })).toBeNull()
  })

  it('follows its destinations as they come, change, move and go', async () => {
    const [id, other] = [await made({}, ['1002']), await made()]
    const place = await ringing(id, '1003', { timeout: 20 })
    expect(await bridgeOf(id)).toMatch(/user\/1002@.*leg_timeout=20.*user\/1003@/)
    await asMinor('PATCH', `/api/ringgroupdestinations/${place.id}/`, { delay: 7 })
    expect(await bridgeOf(id)).toContain('leg_timeout=20,leg_delay_start=7]user/1003@')
    await asMinor('PATCH', `/api/ringgroupdestinations/${place.id}/`, { ring_group_id: other })
    expect(await bridgeOf(id)).not.toContain('1003')
    expect(await bridgeOf(other)).toContain('1003')
    await asMinor('DELETE', `/api/ringgroupdestinations/${place.id}/`)
    expect(await bridgeOf(other)).toBe('')
  })

  it('loses none of many destinations that come at once', async () => {
    const id = await made()
    const numbers = Array.from({ length: 8 }, (_, n) => `15550000${n}`)
    await Promise.all(numbers.map((number) => ringing(id, number)))
    const bridge = await bridgeOf(id)
    for (const number of numbers) expect(bridge).toContain(`loopback/${number}/acme.example`)
  })

  it('cannot be set, and is made anew when it was deleted', async () => {
    const id = await made()
    const { dialplan_id } = (await asMinor('GET', `/api/ringgroups/${id}/`)).json
    const set = await asMinor('PATCH', `/api/ringgroups/${id}/`, { dialplan_id: world.acme.id })
    expect(set.json.dialplan_id).toBe(dialplan_id)
    await world.app.prisma.dialplan.delete({ where: { id: dialplan_id } })
    const url = new URL((await asMinor('GET', `/api/ringgroups/${id}/`)).json.gen_xml)
    expect(url.pathname).toBe(`/api/ringgroups/${id}/generate_xml/`)
    for (const method of ['GET', 'POST']) {
      const answer = await asMinor(method, url.pathname)
      expect(answer.status).toBe(200)
      expect(answer.json).toMatchObject({ id, dialplan_id: (await entryOf(id))!.id })
    }
    expect((await asRival('GET', url.pathname)).status).toBe(404)
    expect((await world.call(world.acme.user.token, 'GET', url.pathname)).status).toBe(403)
  })

  it('knows extensions that came later once it is made anew', async () => {
    const id = await made({}, ['1044'])
    expect(await bridgeOf(id)).toContain('loopback/1044/acme.example')
    await testExtension(world, world.acme, '1044')
    await asMinor('POST', `/api/ringgroups/${id}/generate_xml/`)
    expect(await bridgeOf(id)).toContain('user/1044@acme.example')
  })

  it('is none for a group of no tenant, and goes and comes with the tenant', async () => {
    const { json } = await asAdmin('POST', '/api/ringgroups/', { domain_id: null, extension: '3950' })
    expect(json).toMatchObject({ dialplan_id: null, context: null })
    const url = `/api/ringgroups/${json.id}/`
    expect((await asAdmin('PATCH', url, { domain_id: world.acme.id })).json.dialplan_id).not.toBeNull()
    const entry = (await entryOf(json.id))!
    expect(entry).toMatchObject({ domain_id: world.acme.id, context: 'acme.example' })
    await asAdmin('PATCH', url, { domain_id: world.rival.id })
    expect(await entryOf(json.id)).toMatchObject({ id: entry.id, context: 'rival.example' })
    const moved = await asAdmin('PATCH', `/api/ringgroups/${await made()}/`, { domain_id: world.rival.id })
    expect(moved.json).toMatchObject({ domain_id: world.rival.id, context: 'rival.example' })
    expect(await entryOf(moved.json.id)).toMatchObject({ domain_id: world.rival.id, context: 'rival.example' })
    expect((await asAdmin('PATCH', url, { domain_id: null })).json.dialplan_id).toBeNull()
    expect(await world.app.prisma.dialplan.findUnique({ where: { id: entry.id } })).toBeNull()
  })
})

describe('how a group rings', () => {
  it.each([
    ['simultaneous', /@acme\.example,\[/],
    ['sequence', /@acme\.example\|\[/],
    ['rollover', /@acme\.example\|\[/],
    ['enterprise', /@acme\.example:_:\[/],
  ])('%s', async (strategy, joined) => {
    expect(await bridgeOf(await made({ strategy }, ['1002', '1003']))).toMatch(joined)
  })

  it('random: each destination is the first for its share of calls', async () => {
    const xml = await xmlOf(await made({ strategy: 'random', timeout_app: 'hangup' }, ['1001', '1002', '1003']))
    const shares = [...xml.matchAll(/field="\$\{uuid\}" expression="\^\[([0-9a-f]+)\]" break="never"/g)]
    expect(
      shares
        .map(([, digits]) => digits)
        .join('')
        .split('')
        .toSorted()
        .join(''),
    ).toBe('0123456789abcdef')
    const firsts = [...xml.matchAll(/data="&lt;ignore_early_media=true&gt;\[dialed_extension=(\d+)/g)]
    expect(firsts.map(([, number]) => number)).toEqual(['1001', '1002', '1003'])
    expect(xml).toMatch(/<action application="hangup" data=""\/>\n {2}<\/condition>\n<\/extension>$/)
  })

  it('a destination outside is dialled in the context of the tenant, with the caller ID of the group', async () => {
    const caller = { caller_id_name: 'Acme', caller_id_number: '+441234', forward_toll_allow: 'local, national' }
    const id = await made({ ...caller, cid_name_prefix: 'Sales-' }, ['07400123456'])
    expect(await bridgeOf(id)).toBe(
      '<ignore_early_media=true>[ignore_early_media=true,toll_allow=local:national,origination_caller_id_name=Sales-Acme,origination_caller_id_number=+441234,sip_invite_domain=acme.example,confirm=false,leg_timeout=30,leg_delay_start=0]loopback/07400123456/acme.example',
    )
    expect(await xmlOf(id)).toContain('data="effective_caller_id_name=Sales-#${caller_id_name}"')
  })

  it('passes on no name of a caller that would end the dial string', async () => {
    const xml = await xmlOf(await made({}, ['07400123456']))
    const [, name] = /field="\$\{caller_id_name\}\$\{outbound_caller_id_name\}" expression="([^"]*)"/.exec(xml) ?? []
    const unfit = new RegExp(name!.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>'))
    for (const text of ["O'Brien", 'x]sofia/external/1', 'a,b', 'a|b', '$' + '{x}', 'a"b']) expect(text).toMatch(unfit)
    for (const text of ['Anna Müller', '+441234567', 'Dr. No & Co', 'a-b/c#d']) expect(text).not.toMatch(unfit)
    expect(await xmlOf(await made({}, ['1002']))).not.toContain('Unknown')
  })

  it('who answers presses 1 where a prompt is asked for', async () => {
    const id = await made()
    await ringing(id, '1002', { destination_prompt: 1 })
    expect(await bridgeOf(id)).toContain(
      'confirm=true,group_confirm_file=ivr/ivr-accept_reject.wav,group_confirm_key=1',
    )
  })

  it('greeting, ringback, distinctive ring and missed calls are there when they are set', async () => {
    const xml = await xmlOf(
      await made({
        greeting: '${recordings_dir}/acme.example/hello.wav',
        ring_group_ringback: '${us-ring}',
        distinctive_ring: 'Bellcore-r2',
        missed_call_app: 'email',
        missed_call_data: 'a@acme.example',
      }),
    )
    for (const [application, data] of [
      ['set', 'ringback=${us-ring}'],
      ['set', 'transfer_ringback=${us-ring}'],
      ['export', 'sip_h_Alert-Info=Bellcore-r2'],
      ['set', 'missed_call_app=email'],
      ['set', 'missed_call_data=a@acme.example'],
      ['playback', '${recordings_dir}/acme.example/hello.wav'],
    ]) {
      expect(xml).toContain(`<action application="${application}" data="${data}"/>`)
    }
  })

  it('follows the users of its extensions where it is told to', async () => {
    const extension = await testExtension(world, world.acme, '1060')
    await world.app.prisma.extension.update({ where: { id: extension }, data: { follow_me_enabled: true } })
    for (const [destination, sequence] of [
      ['07400999999', 20],
      ['1001', 10],
      ['bad]number', 30],
    ] as const) {
      await world.app.prisma.followMeDestination.create({
        data: { extension_id: extension, destination, sequence, delay: 5, timeout: 15, prompt: '1' },
      })
    }
    const id = await made({ follow_me_enabled: true }, ['1060', '1002'])
    const bridge = await bridgeOf(id)
    expect(bridge).toMatch(
      /user\/1002@.*confirm=true.*leg_timeout=15,leg_delay_start=5\]user\/1001@.*loopback\/07400999999\//,
    )
    expect(bridge).not.toContain('1060')
    expect(bridge).not.toContain('bad')
    expect(await bridgeOf(await made({}, ['1060']))).toContain('user/1060@')
  })

  it('is forwarded in place of ringing', async () => {
    const id = await made({ forward_enabled: true, forward_destination: '1003' }, ['1002'])
    expect(await bridgeOf(id)).toMatch(/^<[^[]*\[dialed_extension=1003,[^[]*\]user\/1003@acme\.example$/)
    await asMinor('PATCH', `/api/ringgroups/${id}/`, { forward_destination: '+447400123456' })
    expect(await bridgeOf(id)).toContain(']loopback/+447400123456/acme.example')
  })
})

it('whatever is in a group, its entry is well-formed XML with the steps it should have', async () => {
  const awkward = `<&>"'é\n\t${'\u{1F600}'}`
  const id = await made({ name: awkward, description: awkward, extension: '+*#_.-' }, ['*#+._-'])
  const xml = await xmlOf(id)
  const parser = new SaxesParser()
  const names: string[] = []
  parser.on('opentag', ({ name, attributes }) => name === 'extension' && names.push(String(attributes.name)))
  parser.write(xml).close()
  expect(names).toEqual([awkward])
  expect(xml).toContain('expression="^\\+\\*#_\\.-$"')
})
