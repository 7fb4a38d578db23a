/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours */
/** Inbound routes of several tenants: none reaches another, or robs it of its numbers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testExtension, testWorld, type World } from '../../../support/app.ts'
import { parsed } from './parsed.ts'

const PATH = '/api/dialplan_ib_route/'

describe('inbound routes of several tenants', () => {
  let world: World
  let serial = 1000
  beforeAll(async () => {
    world = await testWorld()
    await testExtension(world, world.acme, '1001')
    await testExtension(world, world.acme, '1002')
    await testExtension(world, world.rival, '2001')
  })
  afterAll(() => world.close())
  const post = (token: string, body: object): Promise<Answer> =>
    world.call(token, 'POST', PATH, { number: `0123${serial++}`, ...body })
  const minor = (body: object) => post(world.acme.minor.token, body)
  const admin = (body: object) => post(world.admin.token, { domain_id: 'acme.example', ...body })
  const patch = (answer: Answer, body: object, token = world.admin.token) =>
    world.call(token, 'PATCH', `${PATH}${answer.json.id}/`, body)
  const last = (answer: Answer) => parsed(answer.json.current_xml).conditions[0]!.actions.at(-1)
  async function refused(answer: Promise<Answer>, field: string, sentence?: string): Promise<void> {
    const { status, json, text } = await answer
    expect(status, text).toBe(400)
    expect(Object.keys(json.detail)).toEqual([field])
    if (sentence !== undefined) expect(json[field].join(' ')).toContain(sentence)
  }

  it.each([
    ['transfer', '2001 XML rival.example'],
    ['transfer', '1001 XML public'],
    ['transfer', '1001 XML acme.example extra'],
    ['transfer', '1001 enum acme.example'],
    ['transfer', "'set:domain_name=rival.example,transfer:2001 XML rival.example' inline"],
    ['transfer', '-bleg 2001 XML rival.example'],
    ['transfer', '$1 XML acme.example'],
    ['transfer', '${sip_h_X-To} XML acme.example'],
    ['transfer', '1001 XML ${sip_h_X-Context}'],
    ['bridge', 'user/2001@rival.example'],
    ['bridge', 'user/1001@acme.example,user/2001@rival.example'],
    ['bridge', 'user/1001@acme.example|user/2001@rival.example'],
    ['bridge', 'user/1001@acme.example:_:user/2001@rival.example'],
    ['bridge', '{domain_name=rival.example}user/1001@acme.example'],
    ['bridge', '[x=y]user/1001@acme.example'],
    ['bridge', 'loopback/2001/rival.example'],
    ['bridge', 'sofia/internal/2001@rival.example'],
    ['bridge', 'group/sales@rival.example'],
    ['bridge', 'sofia/gateway/other/123'],
    ['voicemail', 'default rival.example 2001'],
    ['voicemail', 'check default rival.example 2001'],
    ['playback', '../../recordings/rival.example/a.wav'],
    ['playback', '${recordings_dir}/rival.example/a.wav'],
    ['playback', '/etc/passwd'],
    ['callcenter', 'queue@rival.example'],
    ['conference', '3000-rival.example@default'],
    ['eavesdrop', 'all'],
    ['intercept', '${hash(select/x/y)}'],
    ['pickup', 'rival'],
    ['valet_park', 'rival 1'],
    ['set', 'domain_name=rival.example'],
    ['system', 'id'],
    ['lua', 'x.lua'],
    ['execute_extension', '2001 XML rival.example'],
    ['fifo', 'rival in'],
    ['socket', '127.0.0.1:1'],
  ])('who administers one tenant reaches no other and no host: %s %s', async (application, data) => {
    const before = await world.app.prisma.dialplan.count()
    const { status, json, text } = await minor({ application, data })
    expect(status, text).toBe(400)
    expect(['application', 'data']).toContain(Object.keys(json.detail)[0])
    // Nor by way of the destination.
    for (const destination_number of [`${application}:${data}`, `${application} ${data}`, data].map((one) =>
      one.slice(0, 128),
    )) {
      expect((await minor({ destination_number })).status, destination_number).toBe(400)
    }
    expect(await world.app.prisma.dialplan.count()).toBe(before)
  })

  it.each([
    ['transfer', '1001 XML acme.example'],
    ['transfer', '1001 XML ${domain_name}'],
    ['bridge', 'user/1001@acme.example'],
    ['hangup', 'USER_BUSY'],
    ['playback', 'ivr/ivr-welcome.wav'],
  ])('within its tenant it has %s %s', async (application, data) => {
    const made = await minor({ application, data })
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject({ application, data, destination_number: null })
  })

  it('the context that a call from outside is in is not the tenant’s', async () => {
    await refused(
      minor({ application: 'transfer', data: '1001 XML ${context}' }),
      'data',
      'Write the name of the domain',
    )
    const made = await minor({ destination_number: 'transfer:1001 XML ${context}' })
    expect(last(made)![2]).toBe('1001 XML acme.example')
  })

  it('contexts of a minor administrator are public and its own', async () => {
    await refused(minor({ destination_number: '1001', context: 'rival.example' }), 'context')
    await refused(minor({ destination_number: '1001', context: 'default' }), 'context')
    const made = await minor({ destination_number: '1001', context: 'acme.example' })
    expect(made.status).toBe(201)
    await refused(patch(made, { context: 'rival.example' }, world.acme.minor.token), 'context')
    expect((await admin({ destination_number: '1001', context: 'special' })).status).toBe(201)
  })

  describe('a number from outside is one route’s', () => {
    const rival = (body: object) => post(world.rival.minor.token, { destination_number: '2001', ...body })

    it('with plus or without, with its prefix or without, whoever has it', async () => {
      const number = `6600${serial}`
      const first = await minor({ destination_number: '1001', number, prefix: '+44' })
      expect(first.status, first.text).toBe(201)
      for (const body of [
        { number },
        { number: `+${number}` },
        { number: `44${number}` },
        { number: number.slice(1), prefix: number[0] },
      ]) {
        await refused(rival(body), 'number', 'This number has a route already.')
        await refused(minor({ destination_number: '1002', ...body }), 'number')
        await refused(admin({ destination_number: '1002', ...body }), 'number')
      }
      expect((await rival({ number: `4${number}` })).status).toBe(201)
    })

    it('whether it is enabled or not, and whatever is made of its number as a dialplan', async () => {
      const number = `6700${serial++}`
      const first = await minor({ destination_number: '1001', number, enabled: false })
      await refused(rival({ number, enabled: false }), 'number')
      const url = `/api/dialplans/${first.json.id}/`
      await world.call(world.admin.token, 'PATCH', url, { number: '1', category: 'Other' })
      await refused(rival({ number }), 'number')
      await world.call(world.acme.minor.token, 'DELETE', url)
      const prefixed = await minor({ destination_number: '1001', number: `*${number}`, prefix: '+44' })
      await world.call(world.admin.token, 'PATCH', `/api/dialplans/${prefixed.json.id}/`, {
        number: '2',
        category: 'Other',
      })
      await refused(rival({ number: `44*${number}` }), 'number')
      const second = await rival({ number })
      expect(second.status, second.text).toBe(201)
      expect((await patch(second, { number: `${number}1`, prefix: '0' }, world.rival.minor.token)).status).toBe(200)
      expect((await minor({ destination_number: '1001', number })).status).toBe(201)
    })

    it('two at once: one of them', async () => {
      const number = `6800${serial}`
      const answers = await Promise.all([
        minor({ destination_number: '1001', number }),
        rival({ number }),
        rival({ number: `+${number}` }),
      ])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400])
    })

    it('minor administrators take no numbers by regular expressions, and none that such a one of another tenant takes', async () => {
      await refused(minor({ destination_number: '1001', number: '^.*$' }), 'number', 'regular expressions')
      const own = await minor({ destination_number: '1001', number: '^(77\\d{2})$', context: 'acme.example' })
      expect(own.status, own.text).toBe(201)
      await refused(patch(own, { context: 'public' }, world.acme.minor.token), 'number')
      const given = await admin({ destination_number: '1001', number: '^\\+?(6900\\d{4})$' })
      expect(given.status, given.text).toBe(201)
      await refused(rival({ number: '69001234' }), 'number')
      expect((await minor({ destination_number: '1002', number: '69001234' })).status).toBe(201)
    })
  })
})
