// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** What ring groups refuse: places of others, text that ends a dial string, numbers that are taken. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
  for (const number of ['1001', '1002', '1003']) await testExtension(world, world.acme, number)
  await testExtension(world, world.rival, '1777')
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

describe('what is refused, with a reason under its field', () => {
  const refused = async (body: object, field: string, as = asMinor) => {
    const answer = await as('POST', '/api/ringgroups/', { extension: '3980', ...body })
    expect(answer.status, answer.text).toBe(400)
    expect(Object.keys(answer.json)).toContain(field)
    return String(answer.json[field])
  }

  it("a destination that the tenant does not have, be it another tenant's or nobody's", async () => {
    for (const number of ['1777', '1999']) {
      const sentence = `There is no extension, ring group, IVR menu, queue or voicemail box ${number} in this domain.`
      const timeout = { timeout_app: 'transfer', timeout_data: `transfer:${number} XML acme.example` }
      expect(await refused(timeout, 'timeout_data')).toBe(sentence)
      expect(await refused({ forward_enabled: true, forward_destination: number }, 'forward_destination')).toBe(
        sentence,
      )
    }
    await refused({ timeout_app: 'transfer', timeout_data: 'transfer:1777 XML rival.example' }, 'timeout_data')
    await refused({ timeout_app: 'transfer' }, 'timeout_data')
    await refused({ timeout_data: 'lua:evil.lua' }, 'timeout_data')
    await refused({ forward_enabled: true }, 'forward_destination')
    await refused({ extension: '3981', forward_enabled: true, forward_destination: '3981' }, 'forward_destination')
  })

  it('text that would end a dial string, expand or leave the sounds', async () => {
    await refused({ extension: '30.*|$' }, 'extension')
    for (const text of ['a,b', 'a]b', 'a|b', 'a\\b', '${system ls}'])
      await refused({ caller_id_name: text }, 'caller_id_name')
    await refused({ caller_id_number: '1]user/1' }, 'caller_id_number')
    await refused({ cid_name_prefix: 'x]' }, 'cid_name_prefix')
    await refused({ forward_toll_allow: 'a]b' }, 'forward_toll_allow')
    await refused({ distinctive_ring: '${system(ls)}' }, 'distinctive_ring')
    for (const greeting of [
      '../../etc/passwd',
      '/var/lib/x.wav',
      '${recordings_dir}/rival.example/x.wav',
      'http_cache://http://x/',
    ]) {
      await refused({ greeting }, 'greeting')
    }
    await refused({ ring_group_ringback: '${system ls}' }, 'ring_group_ringback', asAdmin)
  })

  it('a context that is not its own, for who administers one tenant', async () => {
    for (const context of ['rival.example', 'public', 'nobody.example']) await refused({ context }, 'context')
    const { status, json } = await asAdmin('POST', '/api/ringgroups/', {
      domain_id: world.acme.id,
      extension: '3982',
      context: 'public',
    })
    expect(status).toBe(201)
    expect(await entryOf(json.id)).toMatchObject({ context: 'public' })
  })

  it('numbers of destinations that mean something to a dial string, and the group itself', async () => {
    const id = await made({ extension: '3983' })
    for (const number of ['1001,user/1002', '1001]', '${x}', 'a b', '1001@rival.example', '3983']) {
      const answer = await asMinor('POST', '/api/ringgroupdestinations/', { ring_group_id: id, number })
      expect(answer.status).toBe(400)
      expect(Object.keys(answer.json)).toContain('number')
    }
    expect(await bridgeOf(id)).toBe('')
  })

  it('groups that ring each other in a circle, however it closes', async () => {
    const [a, b, c] = [await made({ extension: '3801' }), await made({ extension: '3802' }, ['3801']), await made()]
    await asMinor('PATCH', `/api/ringgroups/${c}/`, {
      extension: '3803',
      forward_enabled: true,
      forward_destination: '3802',
    })
    const sentence = ['A ring group cannot ring itself, nor a group that rings it.']
    const closing = await asMinor('POST', '/api/ringgroupdestinations/', { ring_group_id: a, number: '3803' })
    expect([closing.status, closing.json.number]).toEqual([400, sentence])
    const forwarded = await asMinor('PATCH', `/api/ringgroups/${a}/`, {
      forward_enabled: true,
      forward_destination: '3802',
    })
    expect([forwarded.status, forwarded.json.forward_destination]).toEqual([400, sentence])
    await ringing(a, '3804')
    const renumbered = await asMinor('PATCH', `/api/ringgroups/${b}/`, { extension: '3804' })
    expect([renumbered.status, renumbered.json.extension]).toEqual([400, sentence])
    const [d, e] = [await made({ extension: '3805' }), await made({ extension: '3806' })]
    const close = (ring_group_id: string, number: string) =>
      asMinor('POST', '/api/ringgroupdestinations/', { ring_group_id, number })
    const answers = await Promise.all([close(d, '3806'), close(e, '3805')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 400])
  })

  it('nothing of what is stored already: a destination that went does not lock its group', async () => {
    const extension = await testExtension(world, world.acme, '1070')
    const id = await made({ timeout_app: 'transfer', timeout_data: '1070' })
    await asMinor('DELETE', `/api/extensions/${extension}/`)
    const answer = await asMinor('PATCH', `/api/ringgroups/${id}/`, { name: 'Renamed' })
    expect(answer.status).toBe(200)
    expect(await xmlOf(id)).toContain('data="1070 XML acme.example"')
    await ringing(id, '1002')
  })
})

describe('a number that is taken', () => {
  it('is refused with what has it, whichever came first', async () => {
    const taken = await asMinor('POST', '/api/ringgroups/', { extension: '1001' })
    expect([taken.status, taken.json.extension]).toEqual([
      400,
      ['The number 1001 is taken by an extension of this domain.'],
    ])
    await made({ extension: '3990' })
    const other = await asMinor('POST', '/api/extensions/', { extension: '3990', password: 'pw' })
    expect([other.status, other.json.extension]).toEqual([
      400,
      ['The number 3990 is taken by a ring group of this domain.'],
    ])
    expect((await asRival('POST', '/api/ringgroups/', { extension: '3990' })).status).toBe(201)
    const id = await made({ extension: '3991' })
    const moved = await asMinor('PATCH', `/api/ringgroups/${id}/`, { extension: '3990' })
    expect([moved.status, moved.json.extension]).toEqual([
      400,
      ['The number 3990 is taken by a ring group of this domain.'],
    ])
    expect(await entryOf(id)).toMatchObject({ number: '3991' })
  })

  it('goes to one of two who ask at once, and leaves no entry of the other', async () => {
    const ask = (path: string, body: object) => asMinor('POST', `/api/${path}/`, { extension: '3995', ...body })
    const answers = await Promise.all([
      ask('ringgroups', {}),
      ask('ringgroups', {}),
      ask('extensions', { password: 'pw' }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 400, 400])
    const entries = await world.app.prisma.dialplan.count({ where: { domain_id: world.acme.id, number: '3995' } })
    expect(entries).toBe(answers.slice(0, 2).filter(({ status }) => status === 201).length)
  })
})

describe('users of a ring group', () => {
  it('are of its tenant, whoever adds them', async () => {
    const ring_group_id = await made()
    const add = (as: typeof asAdmin, user_uuid: string) =>
      as('POST', '/api/ringgroupusers/', { ring_group_id, user_uuid })
    expect((await add(asMinor, world.acme.user.userUuid)).status).toBe(201)
    for (const as of [asMinor, asAdmin]) {
      const answer = await add(as, world.rival.user.userUuid)
      expect(answer.status).toBe(400)
      expect(answer.json.user_uuid).toEqual([`Invalid pk "${world.rival.user.userUuid}" - object does not exist.`])
    }
    expect(await world.app.prisma.ringGroupUser.count({ where: { ring_group_id } })).toBe(1)
    const moved = await asAdmin('PATCH', `/api/ringgroups/${ring_group_id}/`, { domain_id: world.rival.id })
    expect(moved.json.domain_id).toEqual(['Remove the users of the ring group first: they are of its domain.'])
  })
})

describe('commands to switches', () => {
  it('wait for a switch: 503 until one is connected, 404 for a group of others', async () => {
    const id = await made()
    for (const method of ['GET', 'POST']) {
      expect((await asMinor(method, `/api/ringgroups/${id}/flush_cache_dialplan/`)).status).toBe(503)
      expect((await asRival(method, `/api/ringgroups/${id}/flush_cache_dialplan/`)).status).toBe(404)
    }
  })
})
