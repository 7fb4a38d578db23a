/** What a switch tells becomes timelines, announcements and voicemail messages: what users see of it. */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Tenant, testExtension, testUser, testWorld, type World } from '../../support/app.ts'
import { wav } from '../../support/audio.ts'
import { type FakeSwitch, fakeSwitch } from '../../support/fake-switch.ts'
import { SCRATCH } from '../../support/scratch.ts'
import { eventsIn } from '../../support/transcript.ts'

const CALL = '5f3dda55-e7c4-485f-a8ea-c589dcb1d02f'
const THERE = '/srv/fs/storage'
const SOUND = wav({ seconds: 3 })
const SOON = { timeout: 25_000, interval: 100 }

let world: World
let fs: FakeSwitch
let storage: string
let example: Tenant
let phones: readonly [string, string]
/** What the switch lists of mailboxes, by user@domain. */
const listed = new Map<string, string[]>()

beforeAll(async () => {
  storage = await mkdtemp(join(SCRATCH, 'pbx-api-storage-'))
  fs = await fakeSwitch({
    answers: {
      vm_list: (args) => `<voicemail>\n${(listed.get(args.split(' ', 1)[0]!) ?? []).join('')}</voicemail>\n`,
      vm_read: '+OK\n',
      vm_delete: '+OK\n',
    },
  })
  world = await testWorld({}, undefined, {
    FREESWITCHES: `switch1=${fs.url}`,
    SWITCH_STORAGE_ROOT: `switch1=${THERE}:${storage}`,
  })
  const { id } = await world.app.prisma.domain.create({ data: { name: 'example.com', portal_name: 'x' } })
  const user = await testUser(world.app, 'user@example.com', ['user_api'], id)
  example = { id, name: 'example.com', minor: user, user }
  phones = [await testExtension(world, example, '1001', user), await testExtension(world, example, '1002')]
  await testExtension(world, world.rival, '1001', world.rival.user)
  for (const extension_id of phones) await world.app.prisma.voicemail.create({ data: { extension_id } })
  await vi.waitFor(() => expect(fs.received.some((command) => command.includes('CHANNEL_CREATE'))).toBe(true), SOON)
}, 120_000)
afterAll(async () => {
  await world?.close()
  await fs?.close()
  await rm(storage, { recursive: true, force: true })
})

let sequence = 5_000
const custom = (subclass: string, headers: Record<string, string>) => ({
  'Event-Name': 'CUSTOM',
  'Event-Subclass': subclass,
  'Core-UUID': 'a55c6725-a94e-4c90-8f87-06eec1910df1',
  'Event-Date-Timestamp': String(Date.now() * 1000),
  'Event-Sequence': String(++sequence),
  ...headers,
})
const announced = (like: string) =>
  world.app.prisma.event.findMany({ where: { type: { startsWith: like } }, orderBy: { id: 'asc' } })

describe('a call', () => {
  test('is in the timeline, its story and the events of its tenant, once, however often it is told', async () => {
    const events = eventsIn('esl-click-to-dial.txt')
    for (const event of [...events, ...events]) fs.emit(event)
    await vi.waitFor(async () => {
      const { json } = await world.call(world.admin.token, 'GET', `/api/calltimeline/?call_uuid=${CALL}`)
      expect(json.results.map((row: Record<string, unknown>) => row.event_name)).toHaveLength(5)
    }, SOON)
    const story = await world.call(world.admin.token, 'GET', `/api/calltimeline/story/?call_uuid=${CALL}`)
    expect(story.json.steps.map(({ text }: { text: string }) => text)).toContain('1002 answered')
    const calls = await announced('call.')
    expect(calls.map(({ type, domain_id, extension_ids }) => [type, domain_id, extension_ids])).toEqual([
      ['call.answered', example.id, [phones[0]]],
      ['call.answered', example.id, [phones[1]]],
      ['call.ended', example.id, [phones[1]]],
      ['call.ended', example.id, [phones[0]]],
    ])
    expect(calls.at(-1)!.data).toMatchObject({
      call_uuid: CALL,
      unique_id: CALL,
      extension: '1001',
      hangup_cause: 'MANAGER_REQUEST',
      started: '2026-11-23T21:35:04.006Z',
      switch: 'switch1',
    })
  })

  test('of nobody here is nobody’s to hear', async () => {
    const before = (await announced('call.')).length
    const stranger = { 'Unique-ID': randomUUID(), 'Channel-Presence-ID': '1001@elsewhere.example' }
    fs.emit({ ...custom('', stranger), 'Event-Name': 'CHANNEL_ANSWER' })
    const own = { 'Unique-ID': randomUUID(), 'Channel-Presence-ID': '1001@rival.example' }
    fs.emit({ ...custom('', own), 'Event-Name': 'CHANNEL_CREATE' })
    await vi.waitFor(async () => expect(await announced('call.ringing')).toHaveLength(1), SOON)
    const calls = await announced('call.')
    expect(calls).toHaveLength(before + 1)
    expect(calls.at(-1)!.domain_id).toBe(world.rival.id)
  })
})

test('telephones that come and go are told of, those that are there still are not', async () => {
  const phone = { 'from-user': '1002', 'from-host': 'example.com', 'call-id': 'a@phone', contact: 'sip:1002@192.0.2.7' }
  const register = { ...phone, expires: '60', 'network-ip': '192.0.2.7', 'user-agent': 'Phone' }
  fs.emit(custom('sofia::register', register))
  fs.emit(custom('sofia::register', register))
  fs.emit(custom('sofia::expire', { user: '1002', host: 'example.com', 'call-id': 'a@phone' }))
  await vi.waitFor(async () => expect(await announced('registration.un')).toHaveLength(1), SOON)
  const told = await announced('registration.')
  expect(told.map(({ type, extension_ids }) => [type, extension_ids])).toEqual([
    ['registration.registered', [phones[1]]],
    ['registration.unregistered', [phones[1]]],
  ])
  expect(told[0]!.data).toMatchObject({ user: '1002', network_ip: '192.0.2.7', user_agent: 'Phone', expires: 60 })
  expect(told[1]!.data).toMatchObject({ reason: 'expired' })
})

describe('a message in a mailbox of the switch', () => {
  interface Left {
    readonly uuid: string
    readonly path: string
  }
  const entry = ({ uuid, path }: Left, read = 0) =>
    ` <message>\n  <created_epoch>1795469498</created_epoch>\n  <read_epoch>${read}</read_epoch>\n  <username>1001</username>\n  <domain>example.com</domain>\n  <folder>inbox</folder>\n  <path>${path}</path>\n  <uuid>${uuid}</uuid>\n  <cid-name>A & <B></cid-name>\n  <cid-number>42</cid-number>\n  <message-len>3</message-len>\n </message>\n`
  const list = (...entries: string[]) => listed.set('1001@example.com', entries)
  const changed = () =>
    fs.emit(custom('vm::maintenance', { 'VM-Action': 'mwi-update', 'VM-User': '1001', 'VM-Domain': 'example.com' }))
  const leave = async (hasFile = true): Promise<Left> => {
    const [uuid, name] = [randomUUID(), `msg_${randomUUID()}.wav`]
    const folder = 'voicemail/default/example.com/1001'
    await mkdir(join(storage, folder), { recursive: true })
    if (hasFile) await writeFile(join(storage, folder, name), SOUND)
    const left = { uuid, path: `${THERE}/${folder}/${name}` }
    list(entry(left))
    fs.emit(
      custom('vm::maintenance', {
        'VM-Action': 'leave-message',
        'VM-User': '1001',
        'VM-Domain': 'example.com',
        'VM-Caller-ID-Name': 'Anna',
        'VM-Caller-ID-Number': '+49301234',
        'VM-File-Path': left.path,
        'VM-Flags': 'A_URGENT',
        'VM-Folder': 'inbox',
        'VM-UUID': uuid,
        'VM-Message-Len': '3',
        'VM-Timestamp': '1795469498',
      }),
    )
    await vi.waitFor(async () => expect((await seen(uuid)).status).toBe(200), SOON)
    return left
  }
  const seen = (uuid: string, rest = '') =>
    world.call(example.user.token, 'GET', `/api/voicemail_messages/${uuid}/${rest}`)
  const told = (command: string) =>
    vi.waitFor(() => expect(fs.received.filter((one) => one.includes(command)).length).toBeGreaterThan(0), SOON)

  test('is here with its audio, and read and deleted there when it is here', async () => {
    const { uuid } = await leave()
    expect((await seen(uuid)).json).toMatchObject({
      caller_id_name: 'Anna',
      caller_id_number: '+49301234',
      urgent: true,
      status: 'new',
      duration: 3,
      on_switch: false,
      created: '2026-11-23T21:31:38Z',
    })
    expect((await seen(uuid, 'download/')).headers['content-length']).toBe(String(SOUND.length))
    await vi.waitFor(async () => {
      const story = await world.call(world.admin.token, 'GET', `/api/calltimeline/story/?call_uuid=${uuid}`)
      const texts = story.json.steps?.map(({ text }: { text: string }) => text)
      expect(texts).toContain('+49301234 left a message of 3 s for 1001')
    }, SOON)
    await world.call(example.user.token, 'POST', `/api/voicemail_messages/${uuid}/mark_read/`)
    await told(`vm_read 1001@example.com read ${uuid}`)
    await world.call(example.user.token, 'POST', `/api/voicemail_messages/${uuid}/mark_unread/`)
    await told(`vm_read 1001@example.com unread ${uuid}`)
    await world.call(example.user.token, 'DELETE', `/api/voicemail_messages/${uuid}/`)
    await told(`vm_delete 1001@example.com ${uuid}`)
  })

  test('is read and deleted here when it is on the telephone, which the switch is not told again', async () => {
    const left = await leave()
    list(entry(left, 1795469600))
    changed()
    await vi.waitFor(async () => expect((await seen(left.uuid)).json.status).toBe('read'), SOON)
    expect((await seen(left.uuid)).json.read).toBe('2026-11-23T21:33:20Z')
    // A switch may list a message a moment later than it tells of it.
    await world.app.pool.query(`UPDATE voicemail_messages SET updated = now() - interval '1 minute'`)
    list()
    changed()
    await vi.waitFor(async () => expect((await seen(left.uuid)).json.status).toBe('deleted'), SOON)
    expect(fs.received.filter((command) => command.includes(left.uuid))).toEqual([])
  })

  test('whose file cannot be reached is marked so, and is fetched when it can', async () => {
    const left = await leave(false)
    expect((await seen(left.uuid)).json).toMatchObject({ on_switch: true, duration: 3, size: null })
    const answer = await seen(left.uuid, 'download/')
    expect([answer.status, answer.json.detail]).toEqual([409, expect.stringContaining('telephone switch')])
    await writeFile(join(storage, left.path.slice(THERE.length)), SOUND)
    changed()
    await vi.waitFor(async () => expect((await seen(left.uuid)).json.on_switch).toBe(false), SOON)
    expect((await seen(left.uuid, 'download/')).status).toBe(200)
  })

  test('that nobody heard of is found when the switch is back', async () => {
    const left = { uuid: randomUUID(), path: `${THERE}/voicemail/default/example.com/1001/msg_missed.wav` }
    await writeFile(join(storage, left.path.slice(THERE.length)), SOUND)
    list(entry(left))
    fs.reset()
    await vi.waitFor(async () => expect((await seen(left.uuid)).status).toBe(200), SOON)
    expect((await seen(left.uuid)).json).toMatchObject({ caller_id_name: 'A & <B>', on_switch: false })
  })
})

test('what became of the events is counted', async () => {
  const { text } = await world.call(null, 'GET', '/metrics')
  expect(text).toMatch(/^switch_events_total\{switch="switch1",outcome="stored"\} [1-9]/m)
  expect(text).toContain('switch_events_total{switch="switch1",outcome="shed"} 0')
  expect(text).toContain('switch_events_leader{switch="switch1"} 1')
})
