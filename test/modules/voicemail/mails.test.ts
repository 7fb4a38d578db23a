/** Mails about new messages, to a real mail server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { removeExpired } from '../../../src/modules/voicemail/mails/links.ts'
import { Outbox } from '../../../src/modules/voicemail/mails/outbox.ts'
import { databaseOn } from '../../../src/rest/database.ts'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { mp3, wav } from '../../support/audio.ts'
import { readMail, startMailServer, type TestMailServer } from '../../support/mail-server.ts'
import { fieldsOf, fileOf, MULTIPART, multipart } from '../../support/uploads.ts'

const SOUND = wav({ seconds: 42 })
const PUBLIC_URL = 'https://pbx.example.com'

let world: World
let server: TestMailServer
let guarded: TestMailServer
let box: string

beforeAll(async () => {
  server = await startMailServer()
  guarded = await startMailServer({ name: 'pbx', password: 'hunter2-hunter2' })
  world = await testWorld({ publicUrl: PUBLIC_URL, timeZone: 'Europe/Berlin' })
  const extension = await testExtension(world, world.acme, '1001', world.acme.user)
  const made = await world.app.prisma.voicemail.create({ data: { extension_id: extension } })
  box = made.id
})
afterAll(async () => {
  await world?.close()
  await server?.close()
  await guarded?.close()
})
beforeEach(async () => {
  await settings({
    smtp_host: '127.0.0.1',
    smtp_port: String(server.port),
    smtp_secure: 'none',
    smtp_from: 'pbx@acme.example',
  })
  await boxIs({ mail_to: 'anna@acme.example', cc: null, attach_file: 'true', local_after_email: true, enabled: true })
})
afterEach(async () => {
  await outbox().run()
  server.refusal = undefined
  server.beforeTaking = undefined
  server.refusedAddresses.clear()
  server.mails.length = 0
  guarded.mails.length = 0
  await world.app.prisma.voicemailMessages.deleteMany()
})

const outbox = () => (world.app.restHost.services as { voicemailMails: Outbox }).voicemailMails

async function settings(values: Record<string, string>, domainId?: string): Promise<void> {
  const { defaultSetting, domainSetting } = world.app.prisma
  const rows = Object.entries(values).map(([subcategory, value]) => ({
    category: 'email',
    subcategory,
    value_type: 'text',
    value,
    enabled: true,
  }))
  await domainSetting.deleteMany({ where: { category: { in: ['email', 'voicemail'] } } })
  if (domainId) await domainSetting.createMany({ data: rows.map((row) => ({ ...row, domain_id: domainId })) })
  else {
    await defaultSetting.deleteMany({ where: { category: 'email' } })
    await defaultSetting.createMany({ data: rows })
  }
}

const boxIs = (data: Record<string, unknown>) => world.app.prisma.voicemail.update({ where: { id: box }, data })

async function leave(fields: Record<string, string> = {}, content = SOUND): Promise<string> {
  const values = { voicemail_id: box, caller_id_name: 'Zoë', caller_id_number: '+49301234', ...fields }
  const body = multipart([...fieldsOf(values), fileOf(content, 'msg.wav')])
  const answer = await world.call(world.acme.minor.token, 'POST', '/api/voicemail_messages/', body, MULTIPART)
  expect(answer.status, answer.text).toBe(201)
  return answer.json.id as string
}

/** Waits for what was begun at the commit. */
async function mailed() {
  await outbox().run()
  return server.mails.map(({ raw, ...envelope }) => ({ ...envelope, ...readMail(raw) }))
}

const queued = () => world.app.prisma.voicemailMail.findMany({ orderBy: { created: 'asc' } })
const isThere = async (id: string) => (await world.app.prisma.voicemailMessages.count({ where: { id } })) === 1
const dueNow = () => world.app.pool.query('UPDATE voicemail_mails SET due = now() WHERE due IS NOT NULL')

describe('a new message', () => {
  it('is mailed to the addresses of its box, with its audio, byte for byte', async () => {
    await boxIs({ mail_to: 'anna@acme.example; ben@acme.example', cc: 'boss@acme.example' })
    const id = await leave()
    const [mail, ...others] = await mailed()
    expect(others).toEqual([])
    expect(mail!.to).toEqual(['anna@acme.example', 'ben@acme.example', 'boss@acme.example'])
    expect(mail!.from).toBe('pbx@acme.example')
    expect(mail!.headers.get('subject')).toBe('Voicemail for 1001 from Zoë (+49301234), 0:42')
    expect(mail!.headers.get('cc')).toBe('boss@acme.example')
    expect(mail!.text).toContain('A new message was left in mailbox 1001 of acme.example.')
    expect(mail!.text).toMatch(/When: {3}\w+, \d+ \w+ \d{4}, \d\d:\d\d \(Europe\/Berlin\)/)
    expect(mail!.attachments).toHaveLength(1)
    const [attachment] = mail!.attachments
    expect(attachment!.content.equals(SOUND)).toBe(true)
    expect(attachment!.type).toBe('audio/wav')
    expect(attachment!.name).toMatch(/^voicemail-\d{4}-\d\d-\d\d-\d{4}-49301234\.wav$/)
    expect(await queued()).toMatchObject([
      { message_id: id, attempts: 1, due: null, error: null, sent: expect.any(Date) },
    ])
    expect(await isThere(id)).toBe(true)
  })

  it('of MP3 is attached as that', async () => {
    await leave({}, mp3(20))
    expect((await mailed())[0]!.attachments).toMatchObject([
      { type: 'audio/mpeg', name: expect.stringMatching(/\.mp3$/) },
    ])
  })

  it('is mailed without its audio where the box wants none', async () => {
    await boxIs({ attach_file: 'false' })
    await leave()
    const [mail] = await mailed()
    expect(mail!.attachments).toEqual([])
    expect(mail!.text).toContain('Call your mailbox to hear it.')
  })

  it('is not mailed by a box without an address, nor by one that is disabled, nor when it is read already', async () => {
    await boxIs({ mail_to: '' })
    await leave()
    await boxIs({ mail_to: 'anna@acme.example', enabled: false })
    await leave()
    await boxIs({ enabled: true })
    await leave({ status: 'read' })
    expect(await mailed()).toEqual([])
    expect(await queued()).toEqual([])
  })

  it('that is not stored is not mailed', async () => {
    const body = { voicemail_id: box, filename: 'a.wav', name: 'a', duration: 'nonsense' }
    const answer = await world.call(world.acme.minor.token, 'POST', '/api/voicemail_messages/', body)
    expect(answer.status).toBe(400)
    expect(await queued()).toEqual([])
  })

  it('of a caller with a hostile name makes no other header and no other line', async () => {
    const name = 'x\r\nBcc: spy@evil.example'
    const row = { voicemail_id: box, filename: 'a.wav', name: 'a', caller_id_name: name, caller_id_number: '1\n2' }
    const { id } = await world.app.prisma.voicemailMessages.create({ data: row })
    await world.app.prisma.voicemailMail.create({ data: { message_id: id } })
    const [mail] = await mailed()
    expect(mail!.to).toEqual(['anna@acme.example'])
    expect(mail!.headers.has('bcc')).toBe(false)
    expect(mail!.headers.get('subject')).toBe('Voicemail for 1001 from x Bcc: spy@evil.example (1 2), 0:00')
    expect(mail!.text).toContain('From:   x Bcc: spy@evil.example (1 2)\r\n')
  })
})

describe('a box that keeps no message it has mailed', () => {
  beforeEach(() => boxIs({ local_after_email: false }))

  it('deletes it once the mail server has taken the mail, and not before', async () => {
    let thereWhileSending: boolean | undefined
    let id = ''
    server.beforeTaking = async () => {
      thereWhileSending = await isThere(id)
    }
    server.refusal = { code: 451, text: 'later' }
    id = await leave()
    await mailed()
    expect(await isThere(id)).toBe(true)
    server.refusal = undefined
    await dueNow()
    await mailed()
    expect(server.mails).toHaveLength(1)
    expect(thereWhileSending).toBe(true)
    expect(await isThere(id)).toBe(false)
    const left = await world.app.pool.query('SELECT 1 FROM media_removals')
    expect(left.rowCount, 'its audio goes too').toBeGreaterThan(0)
  })

  it.each(['link', 'false'])('keeps one that was mailed without its audio (%s)', async (attach_file) => {
    await boxIs({ attach_file })
    const id = await leave()
    expect(await mailed()).toHaveLength(1)
    expect(await isThere(id)).toBe(true)
  })

  it('keeps one that somebody saved meanwhile, and one that somebody did not get', async () => {
    server.refusedAddresses.add('ben@acme.example')
    await boxIs({ mail_to: 'anna@acme.example, ben@acme.example' })
    const id = await leave()
    expect((await mailed())[0]!.to).toEqual(['anna@acme.example'])
    expect(await isThere(id)).toBe(true)
    expect(await queued()).toMatchObject([{ due: null, error: 'Refused: ben@acme.example', sent: expect.any(Date) }])
    await boxIs({ mail_to: 'anna@acme.example' })
    server.beforeTaking = async () => {
      await world.call(world.acme.user.token, 'POST', `/api/voicemail_messages/${id}/mark_saved/`)
    }
    await world.app.pool.query('UPDATE voicemail_mails SET due = now(), sent = NULL')
    await mailed()
    expect(server.mails).toHaveLength(2)
    expect(await isThere(id)).toBe(true)
  })

  it('keeps one whose file is missing', async () => {
    server.refusal = { code: 451, text: 'later' }
    const id = await leave()
    await mailed()
    const { stored_as } = await world.app.prisma.voicemailMessages.findUniqueOrThrow({ where: { id } })
    await world.app.media.remove(stored_as!)
    server.refusal = undefined
    await dueNow()
    expect((await mailed())[0]!.attachments).toEqual([])
    expect(await isThere(id)).toBe(true)
    expect(await queued()).toMatchObject([{ error: 'Without the audio: its file is missing.' }])
  })
})

describe('a mail that is not taken', () => {
  it.each([
    [451, 'later'],
    [554, 'never'],
  ])('(%i) is tried again, later each time, and given up at last', async (code, text) => {
    server.refusal = { code, text }
    await leave()
    await outbox().run()
    const waits: number[] = []
    for (;;) {
      const [mail] = await queued()
      expect(mail!.error).toContain(`${code} ${text}`)
      if (mail!.due === null) break
      waits.push(Math.round((mail!.due.getTime() - Date.now()) / 60_000))
      await dueNow()
      await outbox().run()
    }
    expect(waits).toEqual([1, 5, 15, 60, 240, 720, 1440])
    expect((await queued())[0]).toMatchObject({ attempts: 8, sent: null })
  })

  it('is sent once the server takes it, with the same id', async () => {
    server.refusal = { code: 450, text: 'busy' }
    await leave()
    await outbox().run()
    server.refusal = undefined
    await dueNow()
    const [mail] = await mailed()
    const [queuedMail] = await queued()
    expect(mail!.headers.get('message-id')).toBe(`<voicemail-${queuedMail!.id}@acme.example>`)
    expect(await queued()).toMatchObject([{ attempts: 2, error: null, due: null }])
  })

  it('is tried again when the server that had it stopped: nobody keeps it longer than some minutes', async () => {
    await world.app.prisma.voicemail.update({ where: { id: box }, data: { mail_to: '' } })
    const id = await leave()
    await boxIs({ mail_to: 'anna@acme.example' })
    const due = new Date(Date.now() + 9 * 60_000)
    await world.app.prisma.voicemailMail.create({ data: { message_id: id, attempts: 1, due } })
    expect(await mailed()).toEqual([])
    await dueNow()
    expect(await mailed()).toHaveLength(1)
  })

  it('is sent again, with the same id, when the server stopped between its being taken and the note of it', async () => {
    await boxIs({ local_after_email: false })
    server.refusal = { code: 450, text: 'busy' }
    const id = await leave()
    await outbox().run()
    server.refusal = undefined
    await dueNow()
    const stopped = { ...databaseOn(world.app.statements), transaction: () => Promise.reject(new Error('killed')) }
    await new Outbox(stopped, world.app.media, PUBLIC_URL, 'UTC').run().catch(() => {})
    const [mail] = await queued()
    expect(mail).toMatchObject({ sent: null, attempts: 2, error: expect.stringContaining('450') })
    expect(mail!.due!.getTime()).toBeGreaterThan(Date.now())
    expect(await isThere(id)).toBe(true)
    await dueNow()
    const ids = (await mailed()).map(({ headers }) => headers.get('message-id'))
    expect(ids).toEqual([ids[0], ids[0]])
    expect(await isThere(id)).toBe(false)
  })

  it('is not sent again because its message could not be deleted', async () => {
    await boxIs({ local_after_email: false })
    await world.app.pool.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no'; END $$`)
    await world.app.pool.query(
      'CREATE TRIGGER refuse BEFORE DELETE ON voicemail_messages FOR EACH ROW EXECUTE FUNCTION refuse()',
    )
    const id = await leave()
    expect(await mailed()).toHaveLength(1)
    await world.app.pool.query('DROP FUNCTION refuse() CASCADE')
    expect(await isThere(id)).toBe(true)
    expect(await queued()).toMatchObject([
      { due: null, sent: expect.any(Date), error: 'The message could not be deleted.' },
    ])
  })

  it('is sent once when several servers look for mails at the same time', async () => {
    server.refusal = { code: 450, text: 'busy' }
    for (let n = 0; n < 6; n++) await leave()
    await outbox().run()
    server.refusal = undefined
    await dueNow()
    const database = databaseOn(world.app.statements)
    const others = [1, 2].map(() => new Outbox(database, world.app.media, PUBLIC_URL, 'UTC'))
    await Promise.all([outbox(), ...others].map((one) => one.run()))
    const ids = server.mails.map(({ raw }) => readMail(raw).headers.get('message-id'))
    expect(ids).toHaveLength(6)
    expect(new Set(ids).size).toBe(6)
  })
})

it('a server that stops waits for the mails it is sending, and begins no other', async () => {
  server.refusal = { code: 451, text: 'later' }
  await leave()
  await leave()
  await outbox().run()
  server.refusal = undefined
  await dueNow()
  const stopping = new Outbox(databaseOn(world.app.statements), world.app.media, PUBLIC_URL, 'UTC')
  const taken = new Promise<void>((resolve) => {
    server.beforeTaking = async () => resolve()
  })
  stopping.written()
  await taken
  await stopping.close()
  const settled = (await queued()).filter(({ sent }) => sent !== null)
  expect(settled.length).toBe(server.mails.length)
  await stopping.run()
  expect((await queued()).filter(({ sent }) => sent !== null).length).toBe(settled.length)
})

describe('the mail server', () => {
  it('is told the name and the password of the settings, which stand in no error', async () => {
    const values = {
      smtp_host: '127.0.0.1',
      smtp_port: String(guarded.port),
      smtp_secure: 'none',
      smtp_from: 'pbx@acme.example',
    }
    await settings({ ...values, smtp_user_name: 'pbx', smtp_password: 'wrong-password', smtp_auth: 'true' })
    await leave()
    await outbox().run()
    const [refused] = await queued()
    expect(refused!.error).toContain('535')
    expect(refused!.error).not.toContain('wrong-password')
    await settings({ ...values, smtp_user_name: 'pbx', smtp_password: 'hunter2-hunter2' })
    await dueNow()
    await outbox().run()
    expect(guarded.mails).toMatchObject([{ user: 'pbx' }])
  })

  it('of a tenant is its own, and hears nothing of the password of the system', async () => {
    await settings({ smtp_host: '127.0.0.1', smtp_port: '1', smtp_user_name: 'system', smtp_password: 'of the system' })
    const own = {
      smtp_host: '127.0.0.1',
      smtp_port: String(guarded.port),
      smtp_secure: 'none',
      smtp_from: 'own@acme.example',
    }
    await settings(own, world.acme.id)
    await leave()
    await outbox().run()
    expect((await queued())[0]!.error, 'nobody signed in').toMatch(/530|authentication/i)
    await settings({ ...own, smtp_user_name: 'pbx', smtp_password: 'hunter2-hunter2' }, world.acme.id)
    await dueNow()
    await outbox().run()
    expect(guarded.mails).toMatchObject([{ user: 'pbx', from: 'own@acme.example' }])
  })

  it('that is not set lets mails wait: they go when it is, and not after two days', async () => {
    await settings({})
    await leave()
    await outbox().run()
    const [waiting] = await queued()
    expect(waiting).toMatchObject({
      attempts: 0,
      error: 'No mail server is set: the setting email / smtp_host is missing.',
    })
    expect(waiting!.due!.getTime() - Date.now()).toBeGreaterThan(60_000)
    await settings({
      smtp_host: '127.0.0.1',
      smtp_port: String(server.port),
      smtp_secure: 'none',
      smtp_from: 'a@b.example',
    })
    await dueNow()
    expect(await mailed()).toHaveLength(1)
    await settings({})
    await leave()
    await outbox().run()
    await world.app.pool.query(
      `UPDATE voicemail_mails SET due = now(), created = now() - interval '3 days' WHERE sent IS NULL`,
    )
    await outbox().run()
    expect((await queued()).map(({ due }) => due)).toEqual([null, null])
  })

  it('that must encrypt and cannot is sent nothing', async () => {
    await settings({ smtp_host: '127.0.0.1', smtp_port: String(server.port), smtp_from: 'a@b.example' })
    await leave()
    await outbox().run()
    expect(server.mails).toEqual([])
    expect((await queued())[0]).toMatchObject({ sent: null, error: expect.stringContaining('127.0.0.1') })
  })
})

describe('a link', () => {
  beforeEach(() => boxIs({ attach_file: 'link' }))

  const linkOf = async (): Promise<string> => {
    const [mail] = await mailed()
    return new RegExp(`^${PUBLIC_URL}(/voicemail/messages/\\S+)$`, 'm').exec(mail!.text)![1]!
  }
  const fetched = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') =>
    world.app.inject({ method, url, headers })

  it('leads to the audio, whole or in part, without signing in', async () => {
    await leave()
    const url = await linkOf()
    const whole = await fetched(url)
    expect(whole.statusCode).toBe(200)
    expect(whole.rawPayload.equals(SOUND)).toBe(true)
    expect(whole.headers).toMatchObject({
      'content-type': 'audio/wav',
      'x-robots-tag': 'noindex',
      'referrer-policy': 'no-referrer',
    })
    const part = await fetched(url, { range: 'bytes=10-19' })
    expect([part.statusCode, part.headers['content-range']]).toEqual([206, `bytes 10-19/${SOUND.length}`])
    expect(part.rawPayload.equals(SOUND.subarray(10, 20))).toBe(true)
    expect((await fetched(url, {}, 'HEAD')).headers['content-length']).toBe(String(SOUND.length))
    expect((await fetched(url.replace(/\/$/, ''))).statusCode).toBe(200)
  })

  it('works for seven days, or as many as the setting says, and is kept as a hash only', async () => {
    await leave()
    const url = await linkOf()
    const links = await world.app.prisma.voicemailLink.findMany()
    expect(links).toHaveLength(1)
    expect(url).not.toContain(links[0]!.hash)
    expect((links[0]!.expires.getTime() - Date.now()) / 86_400_000).toBeCloseTo(7, 2)
    await world.app.pool.query('UPDATE voicemail_links SET expires = now()')
    const answer = await fetched(url)
    expect([answer.statusCode, answer.json().detail]).toEqual([
      404,
      'There is no such message: the link has expired, or the message has been deleted.',
    ])
    await removeExpired(databaseOn(world.app.statements))
    expect(await world.app.prisma.voicemailLink.count()).toBe(0)
    const data = {
      domain_id: world.acme.id,
      category: 'voicemail',
      subcategory: 'link_days',
      value_type: 'numeric',
      value: '1',
    }
    await world.app.prisma.domainSetting.create({ data })
    server.mails.length = 0
    await leave()
    await linkOf()
    const [link] = await world.app.prisma.voicemailLink.findMany()
    expect((link!.expires.getTime() - Date.now()) / 86_400_000).toBeCloseTo(1, 2)
  })

  it('is none for a message that is deleted, and no other text is one', async () => {
    const id = await leave()
    const url = await linkOf()
    await world.call(world.acme.user.token, 'POST', `/api/voicemail_messages/${id}/mark_deleted/`)
    expect((await fetched(url)).statusCode).toBe(404)
    await world.call(world.acme.user.token, 'DELETE', `/api/voicemail_messages/${id}/`)
    expect((await fetched(url)).statusCode).toBe(404)
    for (const token of ['a', id, `${'a'.repeat(43)}`, "'", '%00', '../../etc/passwd']) {
      expect((await fetched(`/voicemail/messages/${encodeURIComponent(token)}/`)).statusCode, token).toBe(404)
    }
  })

  it('of a mail that was not taken is taken back', async () => {
    server.refusal = { code: 451, text: 'later' }
    await leave()
    await outbox().run()
    expect(await world.app.prisma.voicemailLink.count()).toBe(0)
  })

  it('is not sent where nobody said what the server is called', async () => {
    server.refusal = { code: 451, text: 'later' }
    await leave()
    await outbox().run()
    server.refusal = undefined
    await dueNow()
    await new Outbox(databaseOn(world.app.statements), world.app.media, undefined, 'UTC').run()
    expect(readMail(server.mails[0]!.raw).text).not.toContain('/voicemail/')
    expect((await queued())[0]!.error).toBe('Without a link: PUBLIC_URL is not set.')
  })
})
