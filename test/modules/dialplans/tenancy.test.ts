// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialplanXml } from '../../../src/freeswitch/dialplan/extension.ts'
import { documentLeavesTenant, leavesTenant, type Named } from '../../../src/freeswitch/dialplan/tenancy.ts'
import { DEFAULTS } from '../../../src/modules/dialplans/defaults/index.ts'
import { testWorld, type World } from '../../support/app.ts'

const nothing = (): Named => ({ gateways: new Set(), queues: new Set(), menus: new Set() })

describe('an entry that a minor administrator writes stays in its tenant', () => {
  let world: World
  beforeAll(async () => {
    world = await testWorld()
  })
  afterAll(() => world.close())

  const write = (application: string, data: string) => {
    const escaped = data.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
    const xml = `<extension name="own"><condition field="destination_number" expression="^7$"><action application="${application}" data="${escaped}"/></condition></extension>`
    return world.call(world.acme.minor.token, 'POST', '/api/dialplans/', { name: 'own', xml })
  }
  const detail = async (application: string, data: string) => {
    const made = await world.call(world.acme.minor.token, 'POST', '/api/dialplans/', { name: 'details' })
    const body = { dialplan_id: made.json.id, tag: 'action', type: application, data }
    return world.call(world.acme.minor.token, 'POST', '/api/dialplan_details/', body)
  }

  it.each([
    ['transfer', '1001 XML rival.example'],
    ['transfer', '-bleg 1001 xml rival.example'],
    ['transfer', '1001 XML ${other}'],
    ['execute_extension', '1001 XML rival.example'],
    ['bridge', 'user/1001@rival.example'],
    ['bridge', 'user/1001@acme.example,user/1002@rival.example'],
    ['bridge', '{ignore_early_media=true}user/1001@rival.example'],
    ['bridge', '{domain_name=rival.example}user/1001@${domain_name}'],
    ['bridge', 'loopback/1001/rival.example'],
    ['bridge', 'sofia/internal/1001%rival.example'],
    ['bridge', 'sofia/internal/1001@rival.example'],
    ['bridge', 'verto.rtc/1001@acme.example'],
    ['bridge', 'verto/u:1001'],
    ['bridge', 'sofia/gateway/${gw}/1'],
    ['voicemail', 'default rival.example 1001'],
    ['voicemail', 'check auth default rival.example 1001'],
    ['set', 'domain_name=rival.example'],
    ['export', 'domain_uuid=0'],
    ['set', 'force_transfer_context=rival.example'],
    ['set', 'x=${user_data 1001@rival.example var user_context}'],
    ['set', 'x=${user_exists id 1001 rival.example}'],
    ['set', 'x=${hash(select/rival.example-last_dial/1001)}'],
    ['hash', 'select/rival.example-last_dial/1001'],
    ['valet_park', 'lot 5901'],
    ['conference', '3000@default'],
    ['bind_digit_action', 'local,*1,exec:execute_extension,dx XML rival.example,both'],
  ])('%s %s is a 400', async (application, data) => {
    expect((await write(application, data)).status).toBe(400)
    expect((await detail(application, data)).status).toBe(400)
  })

  it.each([
    ['transfer', '1001 XML acme.example'],
    ['transfer', '1001 XML ${domain_name}'],
    ['bridge', 'user/1001@${domain_name},user/1002@acme.example'],
    ['voicemail', 'check default ${domain_name} 1001'],
    ['valet_park', 'park@${domain_name} 5901'],
    ['conference', '3000-${domain_name}@default'],
    ['set', 'x=${user_data ${destination_number}@${domain_name} var hold_music}'],
    ['playback', 'ivr/ivr-welcome.wav'],
  ])('%s %s is its own business', async (application, data) => {
    expect((await write(application, data)).status).toBe(201)
    expect((await detail(application, data)).status).toBe(201)
  })

  it('a trunk, queue or menu is the own or a shared one; what another has and what nobody has are alike', async () => {
    const gateway = async (domain_id: string | null) =>
      (
        await world.call(world.admin.token, 'POST', '/api/gateways/', {
          domain_id,
          gateway: 'trunk',
          proxy: 'a.example',
        })
      ).json.id
    const [own, shared, foreign] = [await gateway(world.acme.id), await gateway(null), await gateway(world.rival.id)]
    for (const id of [own, shared]) expect((await write('bridge', `sofia/gateway/${id}/$1`)).status).toBe(201)
    const refused = await write('bridge', `sofia/gateway/${foreign}/$1`)
    expect(refused.status).toBe(400)
    expect(refused.json.xml).toEqual([`There is no gateway ${foreign} in this domain.`])
    const queue = await world.call(world.admin.token, 'POST', '/api/callcentrequeues/', {
      domain_id: world.rival.id,
      name: 'q',
      extension: '3400',
    })
    const theirs = await write('callcenter', queue.json.id)
    expect(theirs.json.xml).toEqual([`There is no call centre queue ${queue.json.id} in this domain.`])
    expect((await write('ivr', 'nobody')).json.xml).toEqual(['There is no IVR menu nobody in this domain.'])
  })

  it('administrators of the system may lead calls from one tenant to another', async () => {
    const xml =
      '<extension name="bridge"><condition><action application="transfer" data="1001 XML rival.example"/></condition></extension>'
    const body = { domain_id: world.acme.id, xml }
    expect((await world.call(world.admin.token, 'POST', '/api/dialplans/', body)).status).toBe(201)
  })

  it('the default entries can be edited by the minor administrator of their domain', () => {
    for (const { name, conditions } of DEFAULTS) {
      const xml = dialplanXml({ name, continue: false, uuid: 'x', conditions })
      expect([name, documentLeavesTenant(xml, 'acme.example', nothing())]).toEqual([name, undefined])
    }
  })

  it('no text that names the other tenant as a place passes', () => {
    const places = fc.constantFrom(
      (name: string) => ['transfer', `1 XML ${name}`],
      (name: string) => ['bridge', `user/1@${name}`],
      (name: string) => ['bridge', `[leg_timeout=3]user/1@${name}|user/2@acme.example`],
      (name: string) => ['voicemail', `default ${name} 1`],
      (name: string) => ['bridge', `loopback/1/${name}`],
    )
    const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}\.[a-z]{2,6}$/).filter((name) => name !== 'acme.example')
    fc.assert(
      fc.property(places, label, (make, name) => {
        const [application, data] = make(name) as [string, string]
        expect(leavesTenant(application, data, 'acme.example', nothing())).toBeTypeOf('string')
      }),
    )
  })
})
