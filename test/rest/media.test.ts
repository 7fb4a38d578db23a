/** Audio of rows: uploaded, replaced, removed; and that nothing stays of what failed. */
import { rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { databaseOn } from '../../src/rest/database.ts'
import { removeLeft, sweep } from '../../src/rest/left-files.ts'
import { testWorld, type World } from '../support/app.ts'
import { mp3, wav } from '../support/audio.ts'
import { fieldsOf, fileOf, filesOf, MULTIPART, multipart, type Part } from '../support/uploads.ts'

const LIMIT = 200_000
const SECOND = wav({ seconds: 1 })
const URL = '/api/recordings/'

let world: World
beforeAll(async () => {
  world = await testWorld({}, undefined, { MEDIA_LIMIT_BYTES: String(LIMIT) })
})
afterAll(() => world?.close())
afterEach(async () => {
  for (const { id } of await world.app.prisma.recording.findMany()) {
    await world.call(world.admin.token, 'DELETE', `${URL}${id}/`)
  }
  expect(await filesOf(world.app), 'files without rows').toEqual([])
  expect(await world.app.prisma.mediaRemoval.count()).toBe(0)
})

const minor = () => world.acme.minor.token
const send = (method: string, url: string, parts: readonly Part[], token = minor()) =>
  world.call(token, method, url, multipart(parts), MULTIPART)
const put = (id: string, body: Buffer, type: string | null = 'audio/wav', token = minor()) =>
  world.call(token, 'PUT', `${URL}${id}/audio/`, body, type === null ? {} : { 'content-type': type })
const upload = (content = SECOND, fields: Record<string, string> = {}, filename = 'welcome.wav') =>
  send('POST', URL, [...fieldsOf(fields), fileOf(content, filename)])

async function uploaded(content = SECOND, fields: Record<string, string> = {}, filename?: string) {
  const answer = await upload(content, fields, filename)
  expect(answer.status, answer.text).toBe(201)
  return answer.json as { id: string; filename: string; name: string }
}

async function bytesOf(id: string): Promise<Buffer> {
  const headers = { authorization: `Token ${minor()}` }
  return (await world.app.inject({ url: `${URL}${id}/download/`, headers })).rawPayload
}

const countOfRows = () => world.app.prisma.recording.count()

describe('uploading', () => {
  it('a form makes a row of its fields and its file, in the folder of its tenant', async () => {
    const answer = await upload(wav({ seconds: 3 }), { name: 'Hello', description: 'played at night' })
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json).toMatchObject({
      domain_id: world.acme.id,
      filename: 'welcome.wav',
      name: 'Hello',
      description: 'played at night',
      size: 48_044,
      duration: 3,
      content_type: 'audio/wav',
    })
    expect(Object.keys(answer.json)).not.toEqual(expect.arrayContaining(['stored_as']))
    expect(Object.keys(answer.json)).not.toEqual(expect.arrayContaining(['digest']))
    const [file, ...others] = await filesOf(world.app)
    expect(others).toEqual([])
    expect(file).toMatch(new RegExp(`^${world.acme.id}/recordings/[0-9a-f-]{36}\\.wav$`))
    expect(await bytesOf(answer.json.id)).toEqual(wav({ seconds: 3 }))
    expect((await world.call(minor(), 'GET', `${URL}${answer.json.id}/`)).json).toEqual(answer.json)
  })

  it('two tenants never share a folder, and rows of none have one of their own', async () => {
    const of = (domain_id: string) => send('POST', URL, [...fieldsOf({ domain_id }), fileOf(SECOND)], world.admin.token)
    for (const domain of [world.acme.id, world.rival.id, '']) expect((await of(domain)).status).toBe(201)
    const folders = (await filesOf(world.app)).map((file) => file.split('/')[0])
    expect(new Set(folders)).toEqual(new Set([world.acme.id, world.rival.id, 'shared']))
  })

  it.each(['filename', 'file', 'audio', 'upload'])('the file may come as %s, before the fields', async (field) => {
    const answer = await send('POST', URL, [fileOf(SECOND, 'a b.wav', field), ...fieldsOf({ description: 'after' })])
    expect(answer.json).toMatchObject({ filename: 'a_b.wav', name: 'a_b', description: 'after', size: SECOND.length })
  })

  it('the content says what it is, whatever it is called', async () => {
    const answer = await upload(mp3(100), {}, '../../etc/evil\\..\\greeting.wav')
    expect(answer.json).toMatchObject({ filename: 'greeting.mp3', content_type: 'audio/mpeg', duration: 3 })
  })

  it('a name sent beside the file counts before the one the file has', async () => {
    const parts = [...fieldsOf({ filename: 'night.wav' }), fileOf(SECOND, 'tmp1234', 'file')]
    expect((await send('POST', URL, parts)).json).toMatchObject({ filename: 'night.wav', name: 'night' })
  })

  it('without a file JSON and forms need a filename and a name, as ever', async () => {
    const empty = await world.call(minor(), 'POST', URL, {})
    const required = ['This field is required.']
    expect(empty.json.detail).toEqual({ filename: required, name: required })
    expect((await send('POST', URL, fieldsOf({ description: 'x' }))).json.detail).toEqual({
      filename: required,
      name: required,
    })
    const chosenNone = await send('POST', URL, [{ name: 'filename', filename: '', content: '' }])
    expect(chosenNone.json.detail).toEqual({ filename: required, name: required })
    const made = await world.call(minor(), 'POST', URL, { filename: 'on-the-switch.wav', name: 'x' })
    expect(made.json).toMatchObject({ filename: 'on-the-switch.wav', size: null, duration: null, content_type: null })
  })

  it('is in the audit log, without where the file stands', async () => {
    const { id } = await uploaded()
    await put(id, mp3(10))
    const rows = await world.app.prisma.auditLog.findMany({ where: { row_id: id }, orderBy: { created: 'asc' } })
    expect(rows.map(({ action }) => action)).toEqual(['create', 'update'])
    expect(rows[0]!.changes).toMatchObject({ size: SECOND.length, filename: 'welcome.wav' })
    expect(rows[1]!.changes).toMatchObject({
      filename: ['welcome.wav', 'welcome.mp3'],
      content_type: ['audio/wav', 'audio/mpeg'],
    })
    expect(JSON.stringify(rows.map(({ changes }) => changes))).not.toContain('/recordings/')
  })
})

describe('replacing', () => {
  it.each(['audio/wav', 'audio/x-wav', 'application/octet-stream', null])(
    'PUT to audio/ takes bytes as %s',
    async (type) => {
      const { id } = await uploaded()
      const answer = await put(id, wav({ seconds: 2 }), type)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.json).toMatchObject({ id, size: 32_044, duration: 2, filename: 'welcome.wav' })
      expect(await bytesOf(id)).toEqual(wav({ seconds: 2 }))
      expect(await filesOf(world.app)).toHaveLength(1)
    },
  )

  it('PUT to audio/ takes a form, and gives audio to a row that had none', async () => {
    const made = await world.call(minor(), 'POST', URL, { filename: 'later.wav', name: 'later' })
    const answer = await send('PUT', `${URL}${made.json.id}/audio/`, [fileOf(mp3(50), 'now.mp3')])
    expect(answer.json).toMatchObject({ name: 'later', filename: 'now.mp3', content_type: 'audio/mpeg' })
  })

  it('PUT and PATCH of the row take a file beside its fields', async () => {
    const { id } = await uploaded()
    const patched = await send('PATCH', `${URL}${id}/`, [...fieldsOf({ description: 'new' }), fileOf(mp3(50), 'b.mp3')])
    expect(patched.json).toMatchObject({ name: 'welcome', description: 'new', filename: 'b.mp3', duration: 1 })
    const replaced = await send('PUT', `${URL}${id}/`, [...fieldsOf({ name: 'again' }), fileOf(SECOND, 'c.wav')])
    expect(replaced.json).toMatchObject({ name: 'again', description: 'new', filename: 'c.wav' })
    expect(await filesOf(world.app)).toHaveLength(1)
  })

  it('an update without a file leaves the audio alone', async () => {
    const { id } = await uploaded()
    const answer = await world.call(minor(), 'PATCH', `${URL}${id}/`, {
      description: 'x',
      filename: 'other.wav',
      size: 1,
      stored_as: 'x',
    })
    expect(answer.json).toMatchObject({ filename: 'other.wav', size: SECOND.length })
    expect(await bytesOf(id)).toEqual(SECOND)
  })

  it('a row that was changed meanwhile keeps its audio: 412', async () => {
    const { id } = await uploaded()
    const headers = { 'content-type': 'audio/wav', 'if-match': '"old"' }
    expect((await world.call(minor(), 'PUT', `${URL}${id}/audio/`, mp3(10), headers)).status).toBe(412)
    expect(await bytesOf(id)).toEqual(SECOND)
  })

  it.each([
    ['JSON', 'application/json', 415],
    ['a form without a file', 'application/x-www-form-urlencoded', 415],
    ['text', 'text/plain', 415],
    ['no audio', 'audio/wav', 400],
  ])('%s is refused', async (_what, type, status) => {
    const { id } = await uploaded()
    const answer = await put(id, Buffer.from('{"a": 1}'), type)
    expect([answer.status, answer.json.error]).toEqual([status, status])
    expect(await bytesOf(id)).toEqual(SECOND)
  })

  it('nothing at all is refused, and other methods are a 405', async () => {
    const { id } = await uploaded()
    const answer = await world.call(minor(), 'PUT', `${URL}${id}/audio/`)
    expect(answer.json.detail).toEqual({ filename: ['Send the recording as the body, or as a file in a form.'] })
    expect((await world.call(minor(), 'POST', `${URL}${id}/audio/`)).status).toBe(405)
  })
})

describe('nothing is left behind', () => {
  it.each<[string, () => Part[], string]>([
    ['a file that is no audio', () => [fileOf(Buffer.from('<html>'))], 'filename'],
    ['a file in another field', () => [fileOf(SECOND, 'a.wav', 'greeting')], 'greeting'],
    ['two files', () => [fileOf(SECOND), fileOf(SECOND, 'b.wav', 'audio')], 'audio'],
    ['another field at fault', () => [fileOf(SECOND), ...fieldsOf({ name: 'x'.repeat(65) })], 'name'],
    ['a tenant out of reach', () => [fileOf(SECOND), ...fieldsOf({ domain_id: world.rival.id })], 'domain_id'],
  ])('of %s: 400 names the field', async (_what, parts, field) => {
    const answer = await send('POST', URL, parts())
    expect(answer.status, answer.text).toBe(400)
    expect(Object.keys(answer.json.detail)).toEqual([field])
    expect(await filesOf(world.app)).toEqual([])
    expect(await countOfRows()).toBe(0)
  })

  it('of what the database refuses', async () => {
    await world.app.pool.query(`ALTER TABLE recordings ADD CONSTRAINT no_size CHECK (size <> ${SECOND.length})`)
    const answer = await upload()
    await world.app.pool.query('ALTER TABLE recordings DROP CONSTRAINT no_size')
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(await filesOf(world.app)).toEqual([])
  })

  it('of a file that is too large, in a form and as a body: 413', async () => {
    const large = wav({ seconds: 20 })
    const { id } = await uploaded()
    for (const answer of [await upload(large), await put(id, large)]) {
      expect(answer.status, answer.text).toBe(413)
      expect(answer.json.detail).toMatch(/200000 bytes/)
    }
    expect(await filesOf(world.app)).toHaveLength(1)
    expect(await bytesOf(id)).toEqual(SECOND)
  })

  it('of a row that is not there, or not the caller’s', async () => {
    const { id } = await uploaded()
    expect((await put(id, SECOND, 'audio/wav', world.rival.minor.token)).status).toBe(404)
    expect((await put('00000000-0000-4000-8000-000000000000', SECOND)).status).toBe(404)
    expect((await put(id, SECOND, 'audio/wav', world.acme.user.token)).status).toBe(403)
    expect((await world.call(null, 'PUT', `${URL}${id}/audio/`, SECOND)).status).toBe(401)
    expect(await filesOf(world.app)).toHaveLength(1)
  })

  it('a folder that cannot be written is a 503, and one that is not there is made', async () => {
    const { directory } = world.app.config.media
    await rm(directory, { recursive: true })
    await writeFile(directory, 'no folder')
    expect((await upload()).status).toBe(503)
    await rm(directory)
    expect((await world.call(minor(), 'GET', URL)).status).toBe(200)
    await uploaded()
  })
})

describe('over a socket', () => {
  let port: number
  beforeAll(async () => {
    await world.app.listen({ port: 0, host: '127.0.0.1' })
    port = (world.app.server.address() as { port: number }).port
  })

  const head = (length: string, type: string, method = 'POST', url = URL) =>
    `${method} ${url} HTTP/1.1\r\nHost: x\r\nAuthorization: Token ${minor()}\r\nContent-Type: ${type}\r\n${length}\r\n\r\n`

  /** Sends some bytes and then breaks off; resolves when the server has forgotten the connection. */
  async function breakOff(bytes: Buffer[]): Promise<void> {
    const socket = connect(port, '127.0.0.1')
    for (const each of bytes) socket.write(each)
    const incoming = () => filesOf(world.app)
    await expect.poll(async () => (await incoming()).length, { interval: 10 }).toBeGreaterThan(0)
    socket.destroy()
    await expect.poll(incoming, { interval: 10 }).toEqual([])
  }

  it('of an upload that breaks off nothing stays, in a form or by itself', async () => {
    const whole = multipart([fileOf(wav({ seconds: 5 }))])
    await breakOff([
      Buffer.from(head(`Content-Length: ${whole.length}`, MULTIPART['content-type'])),
      whole.subarray(0, 30_000),
    ])
    const made = await world.call(minor(), 'POST', URL, { filename: 'a.wav', name: 'a' })
    const url = `${URL}${made.json.id}/audio/`
    await breakOff([Buffer.from(head('Content-Length: 90000', 'audio/wav', 'PUT', url)), SECOND])
    expect((await world.call(minor(), 'GET', `${URL}${made.json.id}/`)).json.size).toBe(null)
  })

  it.each(['audio/wav', MULTIPART['content-type']])('who sends too much as %s reads the 413', async (type) => {
    const made = await world.call(minor(), 'POST', URL, { filename: 'a.wav', name: 'a' })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const answer = new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (data) => {
        text += data.toString()
      })
      socket.on('close', () => resolve(text))
    })
    socket.write(head('Transfer-Encoding: chunked', type, 'PUT', `${URL}${made.json.id}/audio/`))
    const begin = multipart([fileOf(wav({ seconds: 12 }))]).subarray(0, 100_000)
    for (const bytes of [begin, ...Array.from({ length: 30 }, () => Buffer.alloc(100_000))]) {
      socket.write(`${bytes.length.toString(16)}\r\n`)
      socket.write(bytes)
      socket.write('\r\n')
    }
    expect(await answer).toMatch(/^HTTP\/1.1 413 [\s\S]*connection: close[\s\S]*200000 bytes/i)
    expect(await filesOf(world.app)).toEqual([])
  })
})

describe('removing', () => {
  it('the file is gone with its row, and with the row it hangs on', async () => {
    const { id } = await uploaded()
    expect((await world.call(minor(), 'DELETE', `${URL}${id}/`)).status).toBe(204)
    expect(await filesOf(world.app)).toEqual([])

    const domain = await world.app.prisma.domain.create({ data: { name: 'gone.example', portal_name: 'gone' } })
    const parts = [...fieldsOf({ domain_id: domain.id }), fileOf(SECOND)]
    expect((await send('POST', URL, parts, world.admin.token)).status).toBe(201)
    expect((await world.call(world.admin.token, 'DELETE', `/api/domains/${domain.id}/`)).status).toBe(204)
    expect(await filesOf(world.app)).toHaveLength(1)
    expect(await removeLeft(databaseOn(world.app.pool), world.app.media)).toBe(1)
    expect(await filesOf(world.app)).toEqual([])
  })

  it('two servers at it do not wait for each other, and each file goes once', async () => {
    await world.app.pool.query(`INSERT INTO media_removals (stored_as)
      SELECT 'shared/recordings/' || gen_random_uuid() || '.wav' FROM generate_series(1, 150)`)
    const database = databaseOn(world.app.pool)
    const counts = await Promise.all([1, 2].map(() => removeLeft(database, world.app.media)))
    const left = await world.app.prisma.mediaRemoval.count()
    expect(counts[0]! + counts[1]! + left).toBe(150)
    while ((await removeLeft(database, world.app.media)) > 0);
    expect(await removeLeft(database, world.app.media)).toBe(0)
  })

  it('what cannot be removed now stays noted, and the others go', async () => {
    const { id } = await uploaded()
    await world.app.pool.query(`INSERT INTO media_removals (stored_as) VALUES ('../../etc/passwd')`)
    expect((await world.call(minor(), 'DELETE', `${URL}${id}/`)).status).toBe(204)
    expect(await filesOf(world.app)).toEqual([])
    await expect(removeLeft(databaseOn(world.app.pool), world.app.media)).rejects.toThrow(/no name of a stored file/)
    expect(await world.app.prisma.mediaRemoval.deleteMany()).toEqual({ count: 1 })
  })

  it('the sweep takes what no row names after an hour, and nothing else', async () => {
    const { id } = await uploaded()
    const { media, pool } = world.app
    const draft = () => media.receive(Readable.from([SECOND]), LIMIT)
    await (await draft()).keep({ tenant: world.acme.id, resource: 'recordings' }, 'wav')
    await (await draft()).keep({ tenant: null, resource: 'voicemail_messages' }, 'wav')
    await draft()
    expect(await filesOf(world.app)).toHaveLength(4)
    expect(await sweep(databaseOn(pool), media)).toBe(0)
    expect(await filesOf(world.app)).toHaveLength(4)
    const later = new Date(Date.now() + 3_700_000)
    expect(await sweep(databaseOn(pool), media, later)).toBe(2)
    expect(await filesOf(world.app)).toHaveLength(1)
    expect(await bytesOf(id)).toEqual(SECOND)
  })
})
