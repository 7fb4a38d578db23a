// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** What switches are told when a call is in a menu, a queue or a conference. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOT_FOUND } from '../../../src/freeswitch/xml/write.ts'
import { testWorld, type World } from '../../support/app.ts'
import { all, linesOf, type Tree, treeOf } from '../../support/xml-tree.ts'
import { ask as askOf, askRecorded, expectSame, ofDjango, post } from './asking.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

const ask = (document: string, fields: Readonly<Record<string, string>> = {}) => askOf(world, document, fields)
const sql = (text: string, values: unknown[] = []) => world.app.pool.query(text, values)
const added = async (text: string, values: unknown[]): Promise<string> =>
  (await sql(`${text} RETURNING id`, values)).rows[0].id
const namesOf = (tree: Tree, element: string) => all(tree, element).map(({ attributes }) => attributes.name)

describe('IVR menus', () => {
  const MENU = '13811bc0-37ad-403d-87d1-a8ecb4196915'

  test('are those of DjangoPBX, asked for by id or by the name that the tenant gave it', async () => {
    const alpha = await world.app.prisma.domain.create({ data: { name: 'alpha.example.com', portal_name: 'alpha' } })
    const greetings = { greet_long: 'ivr/ivr-welcome.wav', greet_short: 'ivr/ivr-short.wav' }
    const row = { id: MENU, domain_id: alpha.id, name: 'Main IVR', extension: '5000', ...greetings }
    await world.app.prisma.ivrMenus.create({ data: row })
    const option = (number: string, sequence: number) => ({
      ivr_menu_id: MENU,
      option_digits: String(sequence),
      option_param: `transfer ${number} XML alpha.example.com`,
      sequence,
    })
    await world.app.prisma.ivrMenuOptions.createMany({ data: [option('1001', 1), option('1002', 2)] })
    const asked = ofDjango('ivr-conf-menu-name')
    expectSame((await post(world, 'configuration', asked.body)).text, asked.answer, [])
    const byName = (domain: string) => ask('ivr.conf', { 'Menu-Name': 'Main IVR', variable_domain_name: domain })
    expect((await byName('alpha.example.com')).text).toContain('<menu name="Main IVR"')
    expect((await byName(world.acme.name)).text).toBe(NOT_FOUND)
    expect((await ask('ivr.conf')).text).toBe(NOT_FOUND)
    expect((await askRecorded(world, 'configuration-ivr.conf')).text).toBe(NOT_FOUND)
  })

  test('come with the menus below them, reach extensions by number, and play what the tenant recorded', async () => {
    const below = await added(
      `INSERT INTO ivr_menus (domain_id, name, extension, greet_long) SELECT domain_id, 'Below', '5001', $1 FROM ivr_menus`,
      ['${recordings_dir}/${domain_name}/hello.wav'],
    )
    await sql(`INSERT INTO ivr_menu_options (ivr_menu_id, option_digits, option_action, option_param, sequence) VALUES
      ('${MENU}', '3', 'menu-sub', '${below}', 3), ('${below}', '9', 'menu-sub', '${MENU}', 1),
      ('${MENU}', '', 'menu-exit', '', 4)`)
    await sql(`UPDATE ivr_menus SET direct_dial = true WHERE id = '${MENU}'`)
    const menus = treeOf((await ask('ivr.conf', { 'Menu-Name': MENU })).text)
    expect(namesOf(menus, 'menu')).toEqual([MENU, below])
    const greeting = '$${recordings_dir}/alpha.example.com/hello.wav'
    expect(all(menus, 'menu')[1]!.attributes['greet-long']).toBe(greeting)
    const entries = all(menus, 'entry').map(({ attributes }) => attributes)
    expect(entries.map(({ digits }) => digits)).toEqual(['1', '2', '3', '/^(\\d{2,5})$/', '9'])
    expect(entries[3]!.param).toBe(
      'transfer ${cond(${user_exists id $1 alpha.example.com} == true ? $1 : 5000)} XML alpha.example.com',
    )
    await sql(`UPDATE ivr_menus SET enabled = false WHERE id = $1`, [MENU])
    expect((await ask('ivr.conf', { 'Menu-Name': MENU })).text).toBe(NOT_FOUND)
  })
})

describe('queues', () => {
  test('are all that are enabled, with their agents, or the one that is asked for', async () => {
    const { acme, rival } = world
    const queue = (domain_id: string, extension: string, name: string) =>
      added(`INSERT INTO call_centre_queues (domain_id, extension, name, moh_sound) VALUES ($1, $2, $3, $4)`, [
        ...[domain_id, extension, name, '$${hold_music}'],
      ])
    const support = await queue(acme.id, '7001', 'support')
    const sales = await queue(acme.id, '7002', 'sales')
    const other = await queue(rival.id, '7001', 'support')
    await sql(`UPDATE call_centre_queues SET enabled = false WHERE id = $1`, [sales])
    const agent = await added(
      `INSERT INTO call_centre_agents (domain_id, name, agent_pin, contact, status) VALUES ($1, 'Ann', '1', $2, 'Available')`,
      [acme.id, `user/1001@${acme.name}`],
    )
    const tiers = 'INSERT INTO call_centre_tiers (queue_id, agent_id, tier_level) VALUES ($1, $3, 2), ($2, $3, 1)'
    await sql(tiers, [support, sales, agent])

    const whole = treeOf((await askRecorded(world, 'configuration-callcenter.conf')).text)
    expect(namesOf(whole, 'queue')).toEqual([support, other].sort())
    expect(all(whole, 'tier').map(({ attributes }) => attributes)).toEqual([
      { agent, queue: support, level: '2', position: '0' },
    ])
    const tenant = `domain_uuid=${acme.id},domain_name=${acme.name},sip_invite_domain=${acme.name}`
    const contact = `[leg_timeout=20,${tenant}]user/1001@${acme.name}`
    const told = { name: agent, type: 'callback', status: 'Available', contact }
    expect(all(whole, 'agent')[0]!.attributes).toMatchObject(told)
    expect(linesOf(whole)).toContain(`queues/queue ${support}/param moh-sound value=local_stream://default`)

    const one = treeOf((await ask('callcenter.conf', { 'CC-Queue': support })).text)
    expect(namesOf(one, 'queue')).toEqual([support])
    expect(namesOf(one, 'agent')).toEqual([agent])
    expect(all(one, 'agent')[0]!.attributes).not.toHaveProperty('status')
    for (const name of [`support@${rival.name}`, `7001@${rival.name}`]) {
      const named = treeOf((await ask('callcenter.conf', { 'CC-Queue': name })).text)
      expect([namesOf(named, 'queue'), all(named, 'tier')]).toEqual([[name], []])
    }
    expect((await ask('callcenter.conf', { 'CC-Queue': sales })).text).toBe(NOT_FOUND)
    expect((await askRecorded(world, 'configuration-callcenter.conf-queue-load')).text).toBe(NOT_FOUND)
  })
})

describe('conferences', () => {
  test('are told the profile that is asked for with its keys, then the keys alone', async () => {
    const profile = treeOf((await askRecorded(world, 'configuration-conference.conf-1')).text)
    expect([namesOf(profile, 'profile'), namesOf(profile, 'group')]).toEqual([['default'], ['default', 'moderator']])
    expect(linesOf(profile)).toContain('profiles/profile default/param moh-sound value=local_stream://default')
    const keys = treeOf((await askRecorded(world, 'configuration-conference.conf-2')).text)
    expect([namesOf(keys, 'profile'), namesOf(keys, 'group')]).toEqual([[], ['default']])
    expect(all(keys, 'control').find(({ attributes }) => attributes.digits === '0')!.attributes.action).toBe('mute')
    const rooms = treeOf((await askRecorded(world, 'configuration-conference.conf')).text)
    expect(all(rooms, 'advertise')).toMatchObject([{ children: [] }])
    expect(namesOf(treeOf((await ask('conference.conf')).text), 'profile').length).toBe(7)
    expect((await ask('conference.conf', { profile_name: 'nosuch' })).text).toBe(NOT_FOUND)
  })
})

test.each(['console.conf', 'loopback.conf', 'timezones.conf-reloadxml', 'voicemail.conf'])(
  '%s is in the files of the switch',
  async (name) => {
    expect((await askRecorded(world, `configuration-${name}`)).text).toBe(NOT_FOUND)
  },
)
