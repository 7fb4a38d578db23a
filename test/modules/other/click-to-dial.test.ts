/** Click-to-dial: what may be dialled, whose telephone rings, and how a command stands beside the resources. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { destinationInput } from '../../../src/modules/other/click-to-dial/destination.ts'
import { type TestUser, testExtension, testUser, testWorld, type World } from '../../support/app.ts'

const URL = '/api/clickdial/'
let world: World
let extension: string

beforeAll(async () => {
  world = await testWorld()
  extension = await testExtension(world, world.acme, '1001', world.acme.user)
})
afterAll(() => world?.close())
beforeEach(async () => {
  await world.app.prisma.extension.update({ where: { id: extension }, data: { enabled: true } })
})

const dial = (body?: unknown, headers?: Record<string, string>, who: TestUser = world.acme.user) =>
  world.call(who.token, 'POST', URL, body, headers)

const NOT_CONNECTED = {
  status: 503,
  json: { error: 503, detail: 'No telephone switch is connected to this server, so the call was not made.' },
}
const NO_EXTENSION = { non_field_errors: [expect.stringMatching(/^You have no default extension/)] }

describe('what is dialled', () => {
  it.each(['1002', '*98', '+442071838750', 'bob@sip.example.com', 'a_b-c.d#'])('may be %s', async (dest) => {
    const answer = await dial({ dest })
    expect(answer).toMatchObject(NOT_CONNECTED)
    expect(answer.headers['retry-after']).toBe('60')
  })

  it.each([
    [{}, 'This field is required.'],
    [undefined, 'This field is required.'],
    [{ dest: null }, 'This field may not be null.'],
    [{ dest: ' ' }, 'This field may not be blank.'],
    [{ dest: ['1'] }, 'Not a valid string.'],
    [{ dest: '1'.repeat(129) }, 'Ensure this field has no more than 128 characters.'],
    ...[
      '1 2',
      'a@b@c',
      '@b',
      'a@',
      "1001' XML",
      '1001&park()',
      '1\n2',
      '${system ls}',
      '[a]1',
      '{a=b}1',
      '1,2',
      'é',
    ].map((dest): [object, string] => [
      { dest },
      'Enter a number or user@host: digits, letters and * # + . _ - only, with one @ at most.',
    ]),
  ])('is not %j', async (body, sentence) => {
    expect(await dial(body)).toMatchObject({ status: 400, json: { error: 400, dest: [sentence] } })
  })

  it('is what a switch cannot take for a command, whatever is sent', () => {
    const words = fc.string({ unit: fc.constantFrom(...'01aZ*#+._-@ \n\'"$,{}[]()|&;<>\\/'), maxLength: 12 })
    fc.assert(
      fc.property(words, (value) => {
        const result = destinationInput.check(value, {})
        if ('value' in result) expect(result.value).toMatch(/^[0-9A-Za-z*#+._-]+(@[0-9A-Za-z*#+._-]+)?$/)
      }),
    )
  })

  it('is taken as a number and from a form', async () => {
    expect(await dial({ dest: 1002 })).toMatchObject(NOT_CONNECTED)
    expect(await dial('dest=1002&host=', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject(
      NOT_CONNECTED,
    )
  })
})

describe('the switch', () => {
  it.each([undefined, null, '', 'switch1'])('is the domain’s own for %j', async (host) => {
    expect(await dial({ dest: '1002', host })).toMatchObject(NOT_CONNECTED)
  })

  it('is no other that is not there, and none is listed', async () => {
    const { status, json } = await dial({ dest: '1002', host: 'switch9' })
    expect([status, json.host]).toEqual([400, ['There is no switch "switch9".']])
    expect(await dial({ dest: '1002', host: 5000 })).toMatchObject({
      status: 400,
      json: { host: [expect.any(String)] },
    })
    expect(await dial({ dest: '1002', host: {} })).toMatchObject({ json: { host: ['Not a valid string.'] } })
  })
})

describe('the telephone that rings', () => {
  it('is the caller’s default extension, whatever its role', async () => {
    const { admin, acme } = world
    for (const who of [admin, acme.minor]) {
      expect(await dial({ dest: '1002' }, {}, who)).toMatchObject({ status: 400, json: NO_EXTENSION })
      await testExtension(world, acme, `of ${who.id}`, who)
      expect(await dial({ dest: '1002' }, {}, who)).toMatchObject(NOT_CONNECTED)
    }
  })

  it('is in use, as its domain is', async () => {
    const { prisma } = world.app
    await prisma.extension.update({ where: { id: extension }, data: { enabled: false } })
    expect(await dial({ dest: '1002' })).toMatchObject({ status: 400, json: NO_EXTENSION })
    await prisma.extension.update({ where: { id: extension }, data: { enabled: true } })
    const of = await testUser(world.app, 'of-rival', ['admin_api'], null)
    await testExtension(world, world.rival, '3001', of)
    expect(await dial({ dest: '1002' }, {}, of)).toMatchObject(NOT_CONNECTED)
    await prisma.domain.update({ where: { id: world.rival.id }, data: { enabled: false } })
    expect(await dial({ dest: '1002' }, {}, of)).toMatchObject({ status: 400, json: NO_EXTENSION })
  })

  it('is none that is only one of the caller’s', async () => {
    const { prisma } = world.app
    const where = { extension_id: extension }
    await prisma.extensionUser.updateMany({ where, data: { default_user: false } })
    expect(await dial({ dest: '1002' })).toMatchObject({ status: 400, json: NO_EXTENSION })
    await prisma.extensionUser.updateMany({ where, data: { default_user: true } })
  })
})

describe('a command', () => {
  it('is POST only, and says so', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await world.call(world.admin.token, method, URL)
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST, OPTIONS'])
    }
    const { status, headers, json } = await world.call(world.acme.user.token, 'OPTIONS', URL)
    expect([status, headers.allow]).toEqual([200, 'POST, OPTIONS'])
    expect(json.actions.POST).toMatchObject({
      dest: { type: 'string', required: true, max_length: 128 },
      host: { required: false },
    })
  })

  it('works without the slash at the end, and asks for a token and a role', async () => {
    expect(await world.call(world.acme.user.token, 'POST', '/api/clickdial', { dest: '1002' })).toMatchObject(
      NOT_CONNECTED,
    )
    expect((await world.call(null, 'POST', URL, { dest: '1002' })).status).toBe(401)
    expect((await dial({ dest: '1002' }, {}, world.nobody)).status).toBe(403)
  })

  it('is in the index of all who may give it', async () => {
    for (const { token } of [world.admin, world.acme.minor, world.acme.user]) {
      expect((await world.call(token, 'GET', '/api/')).json).toHaveProperty('clickdial')
    }
  })

  it('ignores what it does not know, unless handling is strict', async () => {
    const body = { dest: '1002', nonsense: 1 }
    expect(await dial(body)).toMatchObject(NOT_CONNECTED)
    const strict = { prefer: 'handling=strict' }
    expect(await dial(body, strict)).toMatchObject({ status: 400, json: { nonsense: ['Unknown field.'] } })
    expect(await dial({ nonsense: 1 }, strict)).toMatchObject({
      json: { dest: ['This field is required.'], nonsense: ['Unknown field.'] },
    })
    expect((await dial({ dest: '1002' }, strict)).headers['preference-applied']).toBe('handling=strict')
  })

  it('takes an object', async () => {
    const json = { 'content-type': 'application/json' }
    const sentence = 'Invalid data. Expected a dictionary, but got list.'
    expect(await dial('[]', json)).toMatchObject({ status: 400, json: { non_field_errors: [sentence] } })
    expect((await dial('dest', { 'content-type': 'text/plain' })).status).toBe(415)
  })

  it('is in the OpenAPI document with its body', async () => {
    const { paths } = (await world.call(null, 'GET', '/api/schema/')).json
    expect(Object.keys(paths[URL])).toEqual(['post'])
    expect(paths[URL].post.requestBody.content['application/json'].schema).toMatchObject({
      required: ['dest'],
      properties: { dest: { type: 'string' }, host: {} },
    })
  })
})
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
