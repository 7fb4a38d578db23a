/** Messages that switches post. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Intake } from '../../../src/modules/voicemail/intake/intake.ts'
import { type Posted, readPosted } from '../../../src/modules/voicemail/intake/posted.ts'
import { databaseOn } from '../../../src/rest/database.ts'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { mp3, wav } from '../../support/audio.ts'
import { fieldsOf, fileOf, filesOf, MULTIPART, multipart } from '../../support/uploads.ts'

const SOUND = wav({ seconds: 5 })

let world: World
let box: string
let second: string

beforeAll(async () => {
  world = await testWorld()
  const boxOf = async (extension_id: string) => (await world.app.prisma.voicemail.create({ data: { extension_id } })).id
  const extension = await testExtension(world, world.acme, '1001', world.acme.user)
  await world.app.prisma.extension.update({ where: { id: extension }, data: { number_alias: '555' } })
  box = await boxOf(extension)
  second = await boxOf(await testExtension(world, world.acme, '1002'))
  await boxOf(await testExtension(world, world.rival, '1001'))
})
afterAll(() => world?.close())
afterEach(() => world.app.prisma.voicemailMessages.deleteMany())

const post = async (
  payload: Buffer,
  headers: Record<string, string>,
  query: Record<string, string> = {},
  address = '127.0.0.1',
) => {
  const url = `/voicemail/?${new URLSearchParams(query)}`
  const answer = await world.app.inject({ method: 'POST', url, headers, payload, remoteAddress: address })
  return { status: answer.statusCode, text: answer.body, json: JSON.parse(answer.body) }
}
const postForm = (fields: Record<string, string>, content: Buffer = SOUND) =>
  post(multipart([...fieldsOf(fields), fileOf(content, 'msg.wav', 'file')]), MULTIPART)
const rows = () => world.app.prisma.voicemailMessages.findMany({ orderBy: { created: 'asc' } })
const BOX = { domain_name: 'acme.example', voicemail_id: '1001' }

describe('a message', () => {
  it('is kept under its id, with its audio and who left it when', async () => {
    const uuid = randomUUID()
    const left = new Date('2026-11-20T10:00:00Z')
    const answer = await postForm({
      ...BOX,
      uuid,
      caller_id_name: ' Anna ',
      caller_id_number: '+49301234',
      message_len: '99',
      read_flags: 'A_URGENT',
      created_epoch: String(left.getTime() / 1000),
    })
    expect([answer.status, answer.json]).toEqual([200, { id: uuid }])
    const seen = await world.call(world.acme.user.token, 'GET', `/api/voicemail_messages/${uuid}/`)
    expect(seen.json).toMatchObject({
      voicemail_id: box,
      name: `msg_${uuid}`,
      filename: `msg_${uuid}.wav`,
      caller_id_name: 'Anna',
      caller_id_number: '+49301234',
      duration: 5,
      urgent: true,
      status: 'new',
      created: '2026-11-20T10:00:00Z',
      updated_by: 'switch',
    })
    const headers = { authorization: `Token ${world.acme.user.token}` }
    const heard = await world.app.inject({ url: `/api/voicemail_messages/${uuid}/download/`, headers })
    expect(heard.rawPayload.equals(SOUND)).toBe(true)
  })

  it('is taken under all names of its box, as a form or as the body', async () => {
    const ways: Record<string, string>[] = [
      { domain: 'ACME.example', user: '1001' },
      { domain_uuid: world.acme.id, extension: '1001' },
      { domain_id: world.acme.id.toUpperCase(), mailbox: '555' },
      { user: '1001@acme.example' },
    ]
    for (const way of ways) {
      const fields: Record<string, string> = {
        ...way,
        uuid: randomUUID(),
        cid_name: 'Anna',
        cid_number: '42',
        urgent: '1',
      }
      expect((await postForm(fields)).status, JSON.stringify(way)).toBe(200)
      const raw = { ...fields, uuid: randomUUID() }
      expect((await post(mp3(40), { 'content-type': 'audio/mpeg' }, raw)).status, JSON.stringify(way)).toBe(200)
    }
    expect((await post(SOUND, {}, { ...BOX })).status, 'without a type').toBe(200)
    const kept = await rows()
    expect(kept).toHaveLength(9)
    expect(kept.every((row) => row.voicemail_id === box)).toBe(true)
    expect(kept.filter((row) => row.filename.endsWith('.mp3'))).toHaveLength(4)
    expect(
      kept.filter((row) => row.urgent && row.caller_id_name === 'Anna' && row.caller_id_number === '42'),
    ).toHaveLength(8)
  })

  it('posted again is there once, also when both posts come at the same time', async () => {
    const fields = { ...BOX, uuid: randomUUID() }
    const before = (await filesOf(world.app)).length
    const answers = await Promise.all([1, 2, 3].map(() => postForm(fields)))
    answers.push(await postForm(fields))
    for (const { status, json } of answers) expect([status, json]).toEqual([200, { id: fields.uuid }])
    expect(await rows()).toHaveLength(1)
    expect(await filesOf(world.app)).toHaveLength(before + 1)
    const [first, again] = [await postForm(BOX), await postForm(BOX)]
    expect(again.json).toEqual(first.json)
    expect(await rows(), 'without an id the audio tells').toHaveLength(2)
    await postForm(BOX, wav({ seconds: 5, fill: 2 }))
    expect(await rows()).toHaveLength(3)
  })

  it('of one call in two boxes is two messages', async () => {
    const uuid = randomUUID()
    expect((await postForm({ ...BOX, uuid })).json.id).toBe(uuid)
    const other = await postForm({ ...BOX, voicemail_id: '1002', uuid })
    expect(other.json.id).not.toBe(uuid)
    expect((await postForm({ ...BOX, voicemail_id: '1002', uuid })).json).toEqual(other.json)
    const theirs = await postForm({ ...BOX, domain_name: 'rival.example', uuid })
    expect((await rows()).map(({ id }) => id).sort()).toEqual([uuid, other.json.id, theirs.json.id].sort())
  })

  it('is copied and mailed as any other, once', async () => {
    await world.app.prisma.voicemailDestinations.create({ data: { voicemail_id: box, voicemail_dest: second } })
    await world.app.prisma.voicemail.updateMany({
      where: { id: { in: [box, second] } },
      data: { mail_to: 'a@b.example' },
    })
    const fields = { ...BOX, uuid: randomUUID() }
    await Promise.all([postForm(fields), postForm(fields)])
    await postForm(fields)
    expect((await rows()).map((row) => row.voicemail_id).sort()).toEqual([box, second].sort())
    expect(await world.app.prisma.voicemailMail.count()).toBe(2)
    await world.app.prisma.voicemail.updateMany({ data: { mail_to: null } })
    await world.app.prisma.voicemailDestinations.deleteMany()
  })
})

describe('what cannot be taken is told in words, and leaves nothing', () => {
  it.each([
    ['no audio', { ...BOX }, Buffer.alloc(0), 400, 'file'],
    ['no sound', { ...BOX }, Buffer.from('no sound'), 400, 'file'],
    ['no box', { domain_name: 'acme.example' }, SOUND, 400, 'voicemail_id'],
    ['no domain', { voicemail_id: '1001' }, SOUND, 400, 'domain_name'],
    ['an id that is none', { ...BOX, uuid: 'nonsense' }, SOUND, 400, 'uuid'],
  ] as const)('%s', async (_what, fields, content, status, field) => {
    const before = await filesOf(world.app)
    for (const answer of [await postForm(fields as Record<string, string>, content), await post(content, {}, fields)]) {
      expect([answer.status, Object.keys(answer.json.detail)]).toEqual([status, [field]])
    }
    expect(await rows()).toEqual([])
    expect(await filesOf(world.app)).toEqual(before)
  })

  it('a box that is not there, is disabled, or whose tenant is', async () => {
    const unknown = async (fields: Record<string, string>) => {
      const answer = await postForm({ ...BOX, ...fields })
      expect(answer.status, JSON.stringify(fields)).toBe(404)
      expect(answer.json.detail).toMatch(/^The domain ".+" has no voicemail box .+ that takes messages\.$/)
    }
    await unknown({ voicemail_id: '9' })
    await unknown({ domain_name: 'nowhere' })
    await unknown({ voicemail_id: `' OR true --` })
    await world.app.prisma.voicemail.update({ where: { id: box }, data: { enabled: false } })
    await unknown({})
    await world.app.prisma.voicemail.update({ where: { id: box }, data: { enabled: true } })
    await world.app.prisma.domain.update({ where: { id: world.acme.id }, data: { enabled: false } })
    await unknown({})
    await world.app.prisma.domain.update({ where: { id: world.acme.id }, data: { enabled: true } })
    expect(await rows()).toEqual([])
  })

  it('a form that ends early or is none', async () => {
    const whole = multipart([...fieldsOf(BOX), fileOf(SOUND, 'msg.wav', 'file')])
    expect((await post(whole.subarray(0, whole.length - 5000), MULTIPART)).status).toBe(400)
    expect((await post(SOUND, { 'content-type': 'multipart/form-data' }, BOX)).status).toBe(400)
    expect((await post(SOUND, MULTIPART, BOX)).status).toBe(400)
    expect(await rows()).toEqual([])
  })

  it('a stranger', async () => {
    expect((await post(SOUND, {}, BOX, '198.51.100.1')).status).toBe(403)
    const get = await world.app.inject({ method: 'GET', url: '/voicemail/' })
    expect(get.statusCode).toBe(405)
  })
})

describe('names that callers choose', () => {
  it('are kept as text on one line, no longer than they may be', async () => {
    const hostile = [
      `x\r\nBcc: a@b.c`,
      `'; DROP TABLE voicemails; --`,
      'a\0b',
      '😀'.repeat(40),
      '$'.concat('{system(id)}'),
      'ünï',
    ]
    for (const name of hostile) {
      const { status, json } = await postForm({
        ...BOX,
        uuid: randomUUID(),
        caller_id_name: name,
        caller_id_number: name,
      })
      expect(status, name).toBe(200)
      const row = await world.app.prisma.voicemailMessages.findUniqueOrThrow({ where: { id: json.id } })
      const kept = [...name.replace(/[\r\n\0]+/g, ' ')].slice(0, 32).join('')
      expect([row.caller_id_name, row.caller_id_number]).toEqual([kept, kept])
    }
  })

  it('of any kind are read without an error that is ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), async (name, epoch) => {
        const query = new Map([
          ...Object.entries(BOX),
          ['caller_id_name', name] as const,
          ['created_epoch', epoch] as const,
        ])
        const posted = await readPosted({ body: SOUND, contentType: undefined, query })
        expect(posted.callerName ?? '').not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
        expect([...(posted.callerName ?? '')].length).toBeLessThanOrEqual(32)
        expect(posted.left === undefined || Date.parse(posted.left) > 0).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('any bytes as a form are read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const begun = Buffer.concat([Buffer.from('--a-boundary\r\n'), bytes])
        for (const body of [begun, Buffer.from(bytes)]) {
          const read = readPosted({ body, contentType: MULTIPART['content-type'], query: new Map(Object.entries(BOX)) })
          await read.catch((error: { status?: number }) => expect(error.status).toBe(400))
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('when something fails', () => {
  const posted: Posted = {
    domain: 'acme.example',
    mailbox: '1001',
    uuid: undefined,
    callerName: null,
    callerNumber: null,
    urgent: false,
    left: undefined,
    audio: SOUND,
    field: 'file',
  }

  it('the database: the switch is told to come again, and no file stays', async () => {
    const before = await filesOf(world.app)
    await world.app.pool.query('ALTER TABLE voicemail_mails RENAME TO away')
    const answer = await postForm({ ...BOX, uuid: randomUUID() })
    await world.app.pool.query('ALTER TABLE away RENAME TO voicemail_mails')
    expect([answer.status, answer.json.detail]).toEqual([503, 'The message could not be kept now. Send it again.'])
    expect(await rows()).toEqual([])
    expect(await filesOf(world.app)).toEqual(before)
  })

  it('the connection, at the commit: the file stays, for the message may be there', async () => {
    const database = databaseOn(world.app.statements)
    const lost = async <T>(work: Parameters<typeof database.transaction<T>>[0]): Promise<T> => {
      await database.transaction(work)
      throw new Error('Connection terminated unexpectedly')
    }
    const intake = new Intake({ ...database, transaction: lost }, world.app.media, 1_000_000, () => {})
    await expect(intake.take(posted)).rejects.toThrow('terminated')
    const [row] = await rows()
    expect(await filesOf(world.app)).toContain(row!.stored_as)
    // The switch comes again, and is told that it is there.
    expect(await new Intake(database, world.app.media, 1_000_000, () => {}).take(posted)).toBe(row!.id)
  })

  it('the audio is there before its row is, and mails are looked for after the commit', async () => {
    const steps: string[] = []
    const database = databaseOn(world.app.statements)
    const spied = vi.fn(async (work: Parameters<typeof database.transaction<unknown>>[0]) => {
      steps.push(`files ${(await filesOf(world.app)).filter((name) => !name.startsWith('.incoming')).length - files}`)
      const result = await database.transaction(work)
      steps.push('commit')
      return result
    })
    const files = (await filesOf(world.app)).length
    const intake = new Intake({ ...database, transaction: spied as never }, world.app.media, 1_000_000, () => {
      steps.push('mails')
    })
    await intake.take(posted)
    expect(steps).toEqual(['files 1', 'commit', 'mails'])
  })
})
