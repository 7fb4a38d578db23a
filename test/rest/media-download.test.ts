/** Playing the audio of rows: whole, in parts, and not again when it is known. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../support/app.ts'
import { mp3, wav } from '../support/audio.ts'
import { fileOf, filesOf, MULTIPART, multipart, sha256 } from '../support/uploads.ts'

const AUDIO = wav({ seconds: 1, fill: 7 })
const TAG = `"${sha256(AUDIO)}"`

let world: World
let id: string
let modified: string
beforeAll(async () => {
  world = await testWorld()
  id = await uploaded('Grüß Gott "1".wav')
  modified = String((await play()).headers['last-modified'])
})
afterAll(() => world?.close())

async function uploaded(filename: string): Promise<string> {
  const body = multipart([fileOf(AUDIO, filename.replaceAll('"', '%22'))])
  const answer = await world.call(world.acme.minor.token, 'POST', '/api/recordings/', body, MULTIPART)
  expect(answer.status, answer.text).toBe(201)
  return answer.json.id
}

async function play(headers: Record<string, string> = {}, query = '', method: 'GET' | 'HEAD' = 'GET', row = id) {
  const url = `/api/recordings/${row}/download/${query}`
  const authorization = `Token ${world.acme.minor.token}`
  const answer = await world.app.inject({ method, url, headers: { authorization, ...headers } })
  return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload, json: () => answer.json() }
}

it('the whole file comes with all that a client needs to keep it', async () => {
  const { status, headers, bytes } = await play()
  expect(status).toBe(200)
  expect(bytes).toEqual(AUDIO)
  expect(headers).toMatchObject({
    'content-type': 'audio/wav',
    'content-length': String(AUDIO.length),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    etag: TAG,
  })
  expect(Math.abs(Date.parse(modified) - Date.now())).toBeLessThan(60_000)
})

it('it is saved under its name, or played in the page with ?inline', async () => {
  const saved = String((await play()).headers['content-disposition'])
  expect(saved).toMatch(/^attachment; filename="Gr[^"]*_Gott_\S*1\S*\.wav"; filename\*=UTF-8''Gr%C3%BC%C3%9F_Gott_/)
  for (const query of ['?inline=true', '?inline', '?inline=1']) {
    expect((await play({}, query)).headers['content-disposition']).toMatch(/^inline; filename=/)
  }
  expect((await play({}, '?inline=false')).headers['content-disposition']).toMatch(/^attachment/)
})

it('a name that a JSON client gave does no harm in a header', async () => {
  const row = await uploaded('a.wav')
  const url = `/api/recordings/${row}/`
  const filename = '";\\ x="😀.wav'
  expect((await world.call(world.admin.token, 'PATCH', url, { filename })).json.filename).toBe(filename)
  const { status, headers } = await play({}, '', 'GET', row)
  expect(status).toBe(200)
  expect(headers['content-disposition']).toMatch(/^attachment; filename="[^\n]*"; filename\*=UTF-8''[\w%.'*~-]+$/)
})

it('HEAD tells the same without the bytes', async () => {
  const { status, headers, bytes } = await play({}, '', 'HEAD')
  expect([status, bytes.length]).toEqual([200, 0])
  expect(headers).toMatchObject({ 'content-length': String(AUDIO.length), etag: TAG, 'content-type': 'audio/wav' })
})

describe('a part', () => {
  const last = AUDIO.length - 1
  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=100-', 100, last],
    ['bytes=-50', last - 49, last],
    ['bytes=0-0', 0, 0],
    [`bytes=${last}-${last + 1000}`, last, last],
  ])('%s', async (range, from, to) => {
    const { status, headers, bytes } = await play({ range })
    expect(status).toBe(206)
    expect(headers['content-range']).toBe(`bytes ${from}-${to}/${AUDIO.length}`)
    expect(headers['content-length']).toBe(String(to - from + 1))
    expect(bytes).toEqual(AUDIO.subarray(from, to + 1))
  })

  it('outside the file is a 416 that tells its size', async () => {
    for (const range of [`bytes=${AUDIO.length}-`, 'bytes=99999999-', 'bytes=-0']) {
      const answer = await play({ range })
      expect(answer.status, range).toBe(416)
      expect(answer.headers['content-range']).toBe(`bytes */${AUDIO.length}`)
      expect(answer.headers['content-disposition']).toBe(undefined)
      expect(answer.json().error).toBe(416)
    }
  })

  it.each(['bytes=a-b', 'lines=1-2', 'bytes=0-1,5-6', 'nonsense'])('%s is answered with the whole', async (range) => {
    const { status, bytes } = await play({ range })
    expect([status, bytes.length]).toEqual([200, AUDIO.length])
  })

  it('If-Range gives the whole when the file is another than the client has a part of', async () => {
    const range = 'bytes=0-9'
    for (const known of [TAG, modified]) expect((await play({ range, 'if-range': known })).status, known).toBe(206)
    for (const known of ['"other"', `W/${TAG}`, 'Mon, 01 Jan 2024 00:00:00 GMT']) {
      expect((await play({ range, 'if-range': known })).status, known).toBe(200)
    }
  })
})

it('what the client has already is a 304', async () => {
  const known: Record<string, string>[] = [
    { 'if-none-match': TAG },
    { 'if-none-match': `"x", W/${TAG}` },
    { 'if-modified-since': modified },
    { 'if-none-match': TAG, 'if-modified-since': 'Mon, 01 Jan 2024 00:00:00 GMT', range: 'bytes=0-1' },
  ]
  for (const headers of known) {
    const answer = await play(headers)
    expect([answer.status, answer.bytes.length, answer.headers.etag]).toEqual([304, 0, TAG])
  }
  for (const headers of [
    { 'if-none-match': '"x"', 'if-modified-since': modified },
    { 'if-modified-since': 'nonsense' },
  ]) {
    expect((await play(headers as Record<string, string>)).status).toBe(200)
  }
})

it('audio that was replaced is another, under another tag', async () => {
  const row = await uploaded('b.wav')
  const other = mp3(30)
  const put = { 'content-type': 'audio/mpeg' }
  expect((await world.call(world.acme.minor.token, 'PUT', `/api/recordings/${row}/audio/`, other, put)).status).toBe(
    200,
  )
  const { headers, bytes } = await play({ 'if-none-match': TAG }, '', 'GET', row)
  expect(bytes).toEqual(other)
  expect(headers).toMatchObject({ etag: `"${sha256(other)}"`, 'content-type': 'audio/mpeg' })
})

it('only those hear it who may read the row', async () => {
  const url = `/api/recordings/${id}/download/`
  const status = async (token: string | null) => (await world.call(token, 'GET', url)).status
  expect(await status(world.admin.token)).toBe(200)
  expect(await status(world.rival.minor.token)).toBe(404)
  expect(await status(world.acme.user.token)).toBe(403)
  expect(await status(null)).toBe(401)
  expect((await world.call(world.admin.token, 'POST', url)).status).toBe(405)
})

it('a row without audio, and one whose file was lost, say so', async () => {
  const made = await world.call(world.admin.token, 'POST', '/api/recordings/', { filename: 'a.wav', name: 'a' })
  const none = await world.call(world.admin.token, 'GET', `/api/recordings/${made.json.id}/download/`)
  expect([none.status, none.json.detail]).toEqual([404, 'This recording has no audio yet: send it with PUT to audio/.'])
  const before = await filesOf(world.app)
  const row = await uploaded('lost.wav')
  const [file] = (await filesOf(world.app)).filter((one) => !before.includes(one))
  await rm(join(world.app.config.media.directory, file!))
  const lost = await play({ range: 'bytes=0-1' }, '', 'GET', row)
  expect([lost.status, lost.json().detail]).toEqual([404, 'The audio of this recording is not there any more.'])
  expect(lost.headers['content-range']).toBe(undefined)
})
