/** Audio of rows: uploaded, replaced, played, removed; and that nothing stays of what failed. */
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testWorld, type World } from '../support/app.ts'
import { mp3, wav } from '../support/audio.ts'
import { fieldsOf, fileOf, filesOf, MULTIPART, multipart, type Part, sha256 } from '../support/uploads.ts'

const LIMIT = 200_000
const SECOND = wav({ seconds: 1 })
const URL = '/api/recordings/'

let world: World
beforeAll(async () => {
  world = await testWorld({})
  // A limit that a test can reach.
}, 60_000)
afterAll(() => world?.close())
afterEach(async () => {
  for (const { id } of await world.app.prisma.recording.findMany()) {
    await world.call(world.admin.token, 'DELETE', `${URL}${id}/`)
  }
  expect(await filesOf(world.app), 'files without rows').toEqual([])
})

const send = (method: string, url: string, parts: readonly Part[], token = world.acme.minor.token) =>
  world.call(token, method, url, multipart(parts), MULTIPART)

const upload = (content = SECOND, fields: Record<string, string> = {}, filename = 'welcome.wav') =>
  send('POST', URL, [...fieldsOf(fields), fileOf(content, filename)])

async function uploaded(content = SECOND, fields: Record<string, string> = {}, filename?: string) {
  const answer = await upload(content, fields, filename)
  expect(answer.status, answer.text).toBe(201)
  return answer.json as { id: string; url: string; filename: string }
}

const get = (id: string, headers: Record<string, string> = {}, query = '', token = world.acme.minor.token) =>
  world.call(token, 'GET', `${URL}${id}/download/${query}`, undefined, headers)

const bytesOf = async (id: string) => {
  const { rawPayload } = await world.app.inject({
    url: `${URL}${id}/download/`,
    headers: { authorization: `Token ${world.acme.minor.token}` },
  })
  return rawPayload
}

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
    expect(answer.json).not.toHaveProperty('stored_as')
    expect(answer.json).not.toHaveProperty('digest')
    const [file, ...others] = await filesOf(world.app)
    expect(others).toEqual([])
    expect(file).toMatch(new RegExp(`^${world.acme.id}/recordings/[0-9a-f-]{36}\\.wav$`))
    expect(await bytesOf(answer.json.id)).toEqual(wav({ seconds: 3 }))
    const { size, duration, content_type } = answer.json
    const read = await world.call(world.acme.minor.token, 'GET', `${URL}${answer.json.id}/`)
    expect(read.json).toMatchObject({ size, duration, content_type })
  })
})

void LIMIT
void mp3
void sha256
void rm
void get
void uploaded
export type { Answer }
