/** Voicemail boxes and what is in them, as tenants and their users meet them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { wav } from '../../support/audio.ts'
import { fieldsOf, fileOf, MULTIPART, multipart } from '../../support/uploads.ts'

const SOUND = wav({ seconds: 3 })

let world: World
/** Of acme's user, of another in acme, of another tenant. */
let own: string
let other: string
let theirs: string

beforeAll(async () => {
  world = await testWorld()
  const boxOf = async (extension_id: string) => (await world.app.prisma.voicemail.create({ data: { extension_id } })).id
  own = await boxOf(await testExtension(world, world.acme, '1001', world.acme.user))
  other = await boxOf(await testExtension(world, world.acme, '1002', world.acme.minor))
  theirs = await boxOf(await testExtension(world, world.rival, '1001', world.rival.user))
})
afterAll(() => world?.close())

const asUser = (method: string, url: string, body?: unknown, headers?: Record<string, string>) =>
  world.call(world.acme.user.token, method, url, body, headers)
const asMinor = (method: string, url: string, body?: unknown, headers?: Record<string, string>) =>
  world.call(world.acme.minor.token, method, url, body, headers)
const message = async (box: string, values: Record<string, unknown> = {}) =>
  (await world.app.prisma.voicemailMessages.create({
    data: { voicemail_id: box, filename: 'msg.wav', name: 'msg', ...values },
  })) as { id: string }

describe('a box', () => {
  it('is made as the guide shows', async () => {
    const extension_id = await testExtension(world, world.acme, '1003')
    const body = { extension_id, password: '1234', mail_to: 'user@example.com', attach_file: true, enabled: true }
    const made = await world.call(world.admin.token, 'POST', '/api/voicemails/', body)
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject({ ...body, attach_file: 'true', greeting_id: 1, local_after_email: true })
    const again = await world.call(world.admin.token, 'POST', '/api/voicemails/', body)
    expect(again.status).toBe(400)
    expect(again.json.extension_id).toEqual(['This extension has a voicemail box already.'])
  })

  it.each([
    [true, 'true'],
    [false, 'false'],
    ['link', 'link'],
  ])('takes attach_file %s', async (sent, kept) => {
    const answer = await asMinor('PATCH', `/api/voicemails/${own}/`, { attach_file: sent })
    expect([answer.status, answer.json.attach_file]).toEqual([200, kept])
  })

  it('is found by its domain', async () => {
    const found = await world.call(
      world.admin.token,
      'GET',
      '/api/voicemails/?extension_id__domain_id__name=rival.example',
    )
    expect(found.json.results.map(({ id }: { id: string }) => id)).toEqual([theirs])
  })

  it.each(['mail_to', 'cc'])('takes addresses in %s, and nothing else', async (name) => {
    const url = `/api/voicemails/${own}/`
    for (const wrong of [
      'nobody',
      'a@b.c, nobody',
      'Anna <a@b.c>',
      'a@b.c\r\nBcc: spy@evil.example',
      'a@b.c, "x y"@z.c',
    ]) {
      const answer = await asMinor('PATCH', url, { [name]: wrong })
      expect(answer.status, wrong).toBe(400)
      expect(answer.json[name]).toEqual(['Enter e-mail addresses, separated by commas.'])
    }
    expect((await asMinor('PATCH', url, { [name]: 'a@b.example; b+c@d.example' })).status).toBe(200)
    // What came from elsewhere stands in nobody's way.
    await world.app.prisma.voicemail.update({ where: { id: own }, data: { [name]: 'from elsewhere' } })
    expect((await asMinor('PATCH', url, { [name]: 'from elsewhere', description: 'x' })).status).toBe(200)
    expect((await asMinor('PATCH', url, { [name]: '' })).status).toBe(200)
  })
})

describe('a user', () => {
  it('has its own box, without its PIN, which it may change', async () => {
    const { results } = (await asUser('GET', '/api/voicemails/')).json
    expect(results.map(({ id }: { id: string }) => id)).toEqual([own])
    expect(results[0]).not.toHaveProperty('password')
    const changed = await asUser('PATCH', `/api/voicemails/${own}/`, { password: '4711', greeting_id: 2 })
    expect(changed.status, changed.text).toBe(200)
    expect(changed.text).not.toContain('4711')
    expect(await world.app.prisma.voicemail.findUnique({ where: { id: own } })).toMatchObject({ password: '4711' })
    const refused = await asUser('PATCH', `/api/voicemails/${own}/`, { enabled: false, description: 'mine' })
    expect([refused.status, Object.keys(refused.json.detail)]).toEqual([400, ['enabled', 'description']])
    expect((await asUser('POST', '/api/voicemails/', {})).status).toBe(403)
    expect((await asUser('DELETE', `/api/voicemails/${own}/`)).status).toBe(403)
  })

  it('hears, marks and deletes its own messages; others are not there', async () => {
    const { id } = await message(own)
    const url = `/api/voicemail_messages/${id}/`
    expect((await asMinor('PUT', `${url}audio/`, SOUND, { 'content-type': 'audio/wav' })).status).toBe(200)
    const headers = { authorization: `Token ${world.acme.user.token}` }
    expect((await world.app.inject({ url: `${url}download/`, headers })).rawPayload.equals(SOUND)).toBe(true)
    expect((await asUser('PUT', `${url}audio/`, SOUND, { 'content-type': 'audio/wav' })).status).toBe(403)
    expect((await asUser('PATCH', url, { status: 'read' })).status).toBe(403)
    for (const box of [other, theirs]) {
      const strange = await message(box)
      for (const [method, rest] of [
        ['GET', ''],
        ['GET', 'download/'],
        ['POST', 'mark_read/'],
        ['GET', 'mark_deleted/'],
        ['DELETE', ''],
      ] as const) {
        const answer = await asUser(method, `/api/voicemail_messages/${strange.id}/${rest}`)
        expect(answer.status, `${method} ${rest}`).toBe(404)
      }
      expect(await world.app.prisma.voicemailMessages.findUnique({ where: { id: strange.id } })).toMatchObject({
        status: 'new',
      })
    }
    expect((await asUser('DELETE', url)).status).toBe(204)
    expect((await asUser('GET', url)).status).toBe(404)
  })

  it('uploads and changes greetings of its own box, and of no other', async () => {
    const body = (box: string) =>
      multipart([...fieldsOf({ voicemail_id: box, name: 'Away' }), fileOf(SOUND, 'away.wav')])
    const made = await asUser('POST', '/api/voicemail_greetings/', body(own), MULTIPART)
    expect(made.status, made.text).toBe(201)
    expect(made.json).toMatchObject({ name: 'Away', filename: 'away.wav', duration: 3, content_type: 'audio/wav' })
    const url = `/api/voicemail_greetings/${made.json.id}/`
    expect((await asUser('PATCH', url, { name: 'Home' })).json.name).toBe('Home')
    expect((await asUser('PUT', `${url}audio/`, SOUND, { 'content-type': 'audio/wav' })).status).toBe(200)
    expect((await asUser('PATCH', url, { voicemail_id: other })).status).toBe(400)
    const refused = await asUser('POST', '/api/voicemail_greetings/', body(other), MULTIPART)
    expect(refused.json.voicemail_id).toEqual([`Invalid pk "${other}" - object does not exist.`])
    expect((await asUser('DELETE', url)).status).toBe(204)
  })

  it.each(['voicemail_options', 'voicemail_destinations'])('has nothing to do with %s', async (path) => {
    expect((await asUser('GET', `/api/${path}/`)).status).toBe(403)
  })
})

describe('marks', () => {
  it.each(['GET', 'POST'])('(%s) tell what became of a message, and when it was first heard', async (method) => {
    const { id } = await message(own)
    const marked = async (name: string) => (await asUser(method, `/api/voicemail_messages/${id}/${name}/`)).json
    const read = await marked('mark_read')
    expect(read).toMatchObject({ id, status: 'read', updated_by: world.acme.user.username })
    expect(Math.abs(Date.parse(read.read) - Date.now())).toBeLessThan(60_000)
    expect(await marked('mark_saved')).toMatchObject({ status: 'saved', read: read.read })
    expect(await marked('mark_unread')).toMatchObject({ status: 'new', read: null })
    expect(await marked('mark_deleted')).toMatchObject({ status: 'deleted', read: null })
    expect(await marked('mark_saved')).toMatchObject({ status: 'saved', read: expect.any(String) })
  })

  it('are in the audit log', async () => {
    const { id } = await message(own)
    await asUser('POST', `/api/voicemail_messages/${id}/mark_deleted/`)
    const entries = await world.app.prisma.auditLog.findMany({ where: { row_id: id } })
    expect(entries).toMatchObject([{ action: 'update', resource: 'voicemail_messages', domain_id: world.acme.id }])
  })
})

describe('counts', () => {
  beforeEach(() => world.app.prisma.voicemailMessages.deleteMany())

  it('are of each status; urgent ones are new', async () => {
    const urgent = { urgent: true }
    for (const values of [{}, {}, urgent, { status: 'read', ...urgent }, { status: 'saved' }, { status: 'deleted' }]) {
      await message(own, values)
    }
    await message(other)
    const url = `/api/voicemails/${own}/counts/`
    expect((await asUser('GET', url)).json).toEqual({ new: 3, read: 1, saved: 1, urgent: 1 })
    expect((await asMinor('GET', `/api/voicemails/${other}/counts/`)).json).toMatchObject({ new: 1 })
    expect((await asUser('GET', `/api/voicemails/${other}/counts/`)).status).toBe(404)
    expect((await asMinor('GET', `/api/voicemails/${theirs}/counts/`)).status).toBe(404)
  })
})

describe('copies', () => {
  beforeEach(async () => {
    await world.app.prisma.voicemailDestinations.deleteMany()
    await world.app.prisma.voicemailMessages.deleteMany()
  })

  const copyTo = (voicemail_dest: string | null, token = world.acme.minor.token, voicemail_id = own) =>
    world.call(token, 'POST', '/api/voicemail_destinations/', { voicemail_id, voicemail_dest })

  it('go to other boxes of the tenant only', async () => {
    expect((await copyTo(other)).status).toBe(201)
    const invalid = (id: string) => [`Invalid pk "${id}" - object does not exist.`]
    for (const token of [world.acme.minor.token, world.admin.token]) {
      expect((await copyTo(theirs, token)).json.voicemail_dest).toEqual(invalid(theirs))
      const nowhere = '00000000-0000-4000-8000-00000000dead'
      expect((await copyTo(nowhere, token)).json.voicemail_dest).toEqual(invalid(nowhere))
      expect((await copyTo(own, token)).json.voicemail_dest).toEqual(['A box cannot get copies of its own messages.'])
    }
    const [{ id }] = (await asMinor('GET', '/api/voicemail_destinations/')).json.results
    expect((await asMinor('PATCH', `/api/voicemail_destinations/${id}/`, { voicemail_dest: theirs })).status).toBe(400)
    expect(await world.app.prisma.voicemailDestinations.count()).toBe(1)
  })

  it('are messages of their own: each has its audio, and may be deleted without the other', async () => {
    await copyTo(other)
    // Boxes may name each other.
    await copyTo(own, undefined, other)
    await world.app.prisma.voicemail.update({ where: { id: other }, data: { mail_to: 'x@acme.example' } })
    const values = { voicemail_id: own, caller_id_name: 'Anna', caller_id_number: '42', urgent: 'true' }
    const made = await asMinor(
      'POST',
      '/api/voicemail_messages/',
      multipart([...fieldsOf(values), fileOf(SOUND)]),
      MULTIPART,
    )
    expect(made.status, made.text).toBe(201)
    const copies = (await asMinor('GET', `/api/voicemail_messages/?voicemail_id=${other}`)).json.results
    const { id, url, voicemail_id, updated, updated_by, ...same } = made.json
    expect(copies).toMatchObject([{ ...same, voicemail_id: other }])
    expect(await world.app.prisma.voicemailMessages.count()).toBe(2)
    expect(await world.app.prisma.voicemailMail.findMany()).toMatchObject([{ message_id: copies[0].id }])
    expect((await asMinor('DELETE', `/api/voicemail_messages/${id}/`)).status).toBe(204)
    const headers = { authorization: `Token ${world.acme.minor.token}` }
    const heard = await world.app.inject({ url: `/api/voicemail_messages/${copies[0].id}/download/`, headers })
    expect(heard.rawPayload.equals(SOUND)).toBe(true)
    await world.app.prisma.voicemail.update({ where: { id: other }, data: { mail_to: null } })
  })

  it('end with the box that gets them', async () => {
    const made = await asMinor('POST', '/api/voicemails/', {
      extension_id: await testExtension(world, world.acme, '1004'),
    })
    expect((await copyTo(made.json.id)).status).toBe(201)
    expect((await asMinor('DELETE', `/api/voicemails/${made.json.id}/`)).status).toBe(204)
    expect(await world.app.prisma.voicemailDestinations.count()).toBe(0)
  })

  it('go to no box that is disabled, gone, or with its extension in another tenant by now', async () => {
    await copyTo(other)
    await world.app.prisma.voicemailDestinations.createMany({
      data: [theirs, own, '00000000-0000-4000-8000-00000000dead'].map((voicemail_dest) => ({
        voicemail_id: own,
        voicemail_dest,
      })),
    })
    await world.app.prisma.voicemail.update({ where: { id: other }, data: { enabled: false } })
    const body = { voicemail_id: own, filename: 'a.wav', name: 'a' }
    expect((await asMinor('POST', '/api/voicemail_messages/', body)).status).toBe(201)
    expect(await world.app.prisma.voicemailMessages.count()).toBe(1)
    await world.app.prisma.voicemail.update({ where: { id: other }, data: { enabled: true } })
  })
})
