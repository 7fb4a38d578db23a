/** Switches and how they are, for administrators; and making them read their configuration again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { World } from '../../../support/app.ts'
import { type ToldSwitch, worldWithSwitches } from '../../../support/told-switches.ts'
import { repliesIn } from '../../../support/transcript.ts'

const basic = Object.fromEntries(repliesIn('esl-basic.txt'))
let world: World
let one: ToldSwitch
let two: ToldSwitch

beforeAll(async () => {
  const made = await worldWithSwitches(2)
  world = made.world
  ;[one, two] = made.switches as [ToldSwitch, ToldSwitch]
  await two.away()
})
afterAll(() => world?.close())
beforeEach(() => {
  one.forget()
  for (const { told } of [one, two]) Object.assign(told, basic)
})

const get = (url: string, who = world.admin) => world.call(who.token, 'GET', url)
const post = (url: string, who = world.admin) => world.call(who.token, 'POST', url)

describe('freeswitches', () => {
  const URL = '/api/freeswitches/'

  it('are the configured ones, connected or not', async () => {
    const { json } = await get(URL)
    expect(json.results).toEqual([
      {
        id: 'switch1',
        url: `http://localhost:80${URL}switch1/`,
        item: '0',
        value: 'switch1',
        name: 'switch1',
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        state: 'connected',
        version: '1.11.2-release',
        uptime_seconds: 31,
        sessions: 0,
      },
      expect.objectContaining({ id: 'switch2', item: '1', state: 'connecting', version: null, sessions: null }),
    ])
    expect(JSON.stringify(json)).not.toContain('ClueCon')
    expect((await get(`${URL}switch2/`)).json).toMatchObject({ name: 'switch2' })
    expect((await get(`${URL}switch3/`)).status).toBe(404)
    expect((await get(`${URL}?state=connected&fields=id`)).json.results).toEqual([{ id: 'switch1' }])
  })

  it('are for administrators only', async () => {
    for (const url of [URL, `${URL}switch1/`, `${URL}reload_xml_global/`, `${URL}switch1/reload_acl_single/`]) {
      for (const who of [world.acme.minor, world.acme.user]) expect((await get(url, who)).status).toBe(403)
    }
    expect(one.received().filter((text) => /^(status|reload)/.test(text))).toEqual([])
  })

  it.each([
    ['reload_xml_single', 'reloadxml', 'reloadxml ok'],
    ['reload_acl_single', 'reloadacl', 'reloadacl ok'],
  ])('%s tells one', async (name, command, status) => {
    for (const ask of [get, post]) {
      one.forget()
      expect(await ask(`${URL}switch1/${name}/`)).toMatchObject({ status: 200, json: { status } })
      expect(one.received()).toContain(command)
    }
    expect((await post(`${URL}switch2/${name}/`)).status).toBe(503)
    one.told[command] = '-ERR broken\n'
    expect((await post(`${URL}switch1/${name}/`)).status).toBe(409)
  })

  it.each([
    ['reload_xml_global', 'reloadxml', 'reloadxml ok'],
    ['reload_acl_global', 'reloadacl', 'reloadacl ok'],
  ])('%s tells all, and says what became of each', async (name, command, status) => {
    for (const ask of [get, post]) {
      expect(await ask(`${URL}${name}/`)).toMatchObject({
        status: 200,
        json: { status, switches: { switch1: 'ok', switch2: 'unreachable' } },
      })
    }
    await two.back()
    two.told[command] = '-ERR broken\n'
    expect((await post(`${URL}${name}/`)).json.switches.switch2).toContain('broken')
    one.told[command] = '-ERR broken\n'
    expect((await post(`${URL}${name}/`)).status).toBe(503)
    await two.away()
  })
})

describe('switch_status', () => {
  const URL = '/api/switch_status/'

  it('is what each switch tells of itself', async () => {
    const answer = await get(URL)
    expect(answer.headers['switches-unreached']).toBe('1')
    expect(answer.json.results).toEqual([
      {
        id: 'switch1',
        url: `http://localhost:80${URL}switch1/`,
        switch: 'switch1',
        measure: expect.stringMatching(/^UP 0 years.*8192K$/s),
        state: 'connected',
        ready: true,
        version: '1.11.2-release',
        uptime_seconds: 31,
        sessions: 0,
        sessions_peak: 0,
        sessions_peak_5min: 0,
        sessions_since_startup: 0,
        sessions_max: 100,
        sessions_per_second: 0,
        sessions_per_second_max: 50,
        cpu_idle_percent: '68.77',
        profiles: [
          { name: 'external', data: 'sip:mod_sofia@127.0.0.1:5080', state: 'RUNNING (0)' },
          { name: 'internal', data: 'sip:mod_sofia@127.0.0.1:5060', state: 'RUNNING (0)' },
        ],
      },
      expect.objectContaining({ switch: 'switch2', measure: null, ready: null, profiles: null }),
    ])
  })

  it('is for administrators only', async () => {
    for (const who of [world.acme.minor, world.acme.user]) expect((await get(URL, who)).status).toBe(403)
  })

  it('many who ask at the same time are told by one answer', async () => {
    await Promise.all(Array.from({ length: 8 }, () => get(URL)))
    expect(one.received().filter((text) => text === 'status').length).toBeLessThan(8)
  })
})
