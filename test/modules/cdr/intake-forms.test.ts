/** Whatever form a switch posts a call record in, it becomes one row with what the switch said. */
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { POSTED, sample } from '../../freeswitch/sample.ts'
import { testExtension, testWorld, type World } from '../../support/app.ts'
import { asJson, countOf, emptied, madeRecord, postRecord, samplePost } from '../../support/records.ts'

let world: World
/** The tenants of the samples: of the calls between 1001 and 1002, and of calls that a switch made with itself. */
let example: string
let local: string
let extension1002: string

beforeAll(async () => {
  world = await testWorld()
  const tenant = async (name: string) =>
    (await world.app.prisma.domain.create({ data: { name, portal_name: `${name}.portal` } })).id
  example = await tenant('example.com')
  local = await tenant('default')
  const owner = { ...world.acme, id: example }
  await testExtension(world, owner, '1001')
  extension1002 = await testExtension(world, owner, '1002')
  await testExtension(world, world.acme, '1002')
  await world.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => world?.close())
afterEach(() => emptied(world.app.pool))

const only = async () => {
  const { rows } = await world.app.pool.query(
    `SELECT *, start_stamp::text AS start, tableoid::regclass::text AS partition FROM xml_cdrs`,
  )
  expect(rows).toHaveLength(1)
  expect(await countOf(world.app.pool, 'cdr_rejects')).toBe(0)
  return rows[0]
}

/** What each sample must become, as read off the sample by hand. */
const BETWEEN_1001_AND_1002 = { direction: 'inbound', caller_id_number: '1001', destination_number: '1002' }
const EXPECTED: Record<string, Record<string, unknown>> = {
  answered: {
    ...BETWEEN_1001_AND_1002,
    call_uuid: '6508d3a7-d67b-446a-93af-39148f274fb1',
    start: '2026-11-23 21:30:42.586882+00',
    billsec: '4',
    status: 'answered',
    missed_call: false,
  },
  missed: {
    ...BETWEEN_1001_AND_1002,
    call_uuid: '7525bfa9-d5b4-466d-95c7-d7a382f30ac6',
    start: '2026-11-23 21:32:35.046875+00',
    billsec: '0',
    status: 'cancelled',
    missed_call: true,
  },
  'voicemail-busy': {
    ...BETWEEN_1001_AND_1002,
    call_uuid: 'f844041b-d911-440d-a2c8-d5d463237af9',
    billsec: '6',
    status: 'voicemail',
  },
  'voicemail-noanswer': {
    ...BETWEEN_1001_AND_1002,
    call_uuid: '0a916339-9be1-47b0-bc30-2319f981ab42',
    billsec: '8',
    status: 'voicemail',
  },
  'encode-base64': { call_uuid: 'c00a97f4-b624-4536-94fc-25e980050741', start: '2026-11-23 21:37:47.666893+00' },
  'encode-false': { call_uuid: '12434632-b39f-4786-86f0-db656dde29ec', start: '2026-11-23 21:37:48.406897+00' },
  'encode-textxml': { call_uuid: '840ca5c2-d28b-48a7-ac12-d31ee23863ee', start: '2026-11-23 21:37:46.706881+00' },
  'encode-true': { call_uuid: '8e235303-c82f-4aca-bb12-3981a64ba098', start: '2026-11-23 21:37:49.126875+00' },
}
const nameOf = (file: string) => file.replace(/^cdr-|-POST\.txt$/g, '')

async function expectRowOf(name: string) {
  const row = await only()
  const place = name.startsWith('encode')
    ? { domain_id: local, domain_name: 'default', extension_id: null }
    : { domain_id: example, domain_name: 'example.com', extension_id: extension1002 }
  expect(row).toMatchObject({ ...EXPECTED[name], ...place, leg: 'a', partition: 'xml_cdrs_2026_11' })
  return row
}

const PATHS = ['/xmlcdr/', '/xmlcdr', '/xmlcdr/xml_cdr_import/', '/xmlcdr/xml_cdr_import/anything']

describe.each(PATHS)('posted to %s', (path) => {
  it.each(POSTED)('%s is one row', async (file) => {
    const answer = await postRecord(world.app, { ...samplePost(file), path })
    expect(answer).toMatchObject({ status: 200, text: '' })
    const row = await expectRowOf(nameOf(file))
    expect(row.xml).toMatch(/^<\?xml[\s\S]*<\/cdr>\s*$/)
    expect(row.json.variables.uuid).toBe(row.call_uuid)
  })
})

describe('posted as JSON', () => {
  it.each(POSTED)('%s is the row that it is as XML', async (file) => {
    const { body, uuid } = samplePost(file)
    await postRecord(world.app, { body, uuid })
    const { xml, json: _xmlTree, created: _1, updated: _2, ...asXml } = await only()
    expect(xml).not.toBeNull()
    await emptied(world.app.pool)

    const json = asJson(sample(file))
    const answer = await postRecord(world.app, { body: json, path: '/jsoncdr/', contentType: 'application/json' })
    expect(answer.status).toBe(200)
    const row = await only()
    expect(row).toMatchObject({ ...asXml, xml: null, json: JSON.parse(json) })
  })

  it('a form field of it is taken as well', async () => {
    const body = `cdr=${encodeURIComponent(asJson(sample('cdr-answered-POST.txt')))}`
    await postRecord(world.app, { body, path: '/jsoncdr/', contentType: 'application/x-www-form-urlencoded' })
    await expectRowOf('answered')
  })
})

describe('the content type', () => {
  const TYPES = [
    undefined,
    '',
    'nonsense',
    'multipart/form-data',
    'application/json',
    'application/x-www-form-urlencoded; charset=latin1',
    'text/xml; charset="',
  ]
  const forms = ['true', 'false', 'base64', 'textxml'].flatMap((form) =>
    TYPES.map((contentType) => ({ form, contentType })),
  )
  it.each(forms)('$contentType changes nothing of encode=$form', async ({ form, contentType }) => {
    const post = samplePost(`cdr-encode-${form}-POST.txt`)
    expect((await postRecord(world.app, { ...post, contentType })).status).toBe(200)
    await expectRowOf(`encode-${form}`)
  })
})

describe('over a connection', () => {
  /** Sends the body as it comes apart, without telling how long it is. */
  const sendChunked = (body: Buffer, path: string, headers: Record<string, string> = {}) =>
    new Promise<number>((resolve, reject) => {
      const { port } = world.app.server.address() as AddressInfo
      const sent = request({ port, host: '127.0.0.1', method: 'POST', path, headers, agent: false }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode!))
      })
      const write = () => {
        for (let at = 0; at < body.length; at += 1000) sent.write(body.subarray(at, at + 1000))
        sent.end()
      }
      sent.on('error', reject)
      if (!headers.Expect) return write()
      sent.flushHeaders()
      sent.on('continue', write)
    })

  it.each(POSTED)('%s in chunks is one row', async (file) => {
    const { body, uuid, contentType } = samplePost(file)
    const path = `/xmlcdr/?enc=x&uuid=${uuid}`
    expect(await sendChunked(body as Buffer, path, { 'Content-Type': contentType! })).toBe(200)
    await expectRowOf(nameOf(file))
  })

  it('a switch that waits for 100 Continue is told to go on', async () => {
    const { body, uuid } = samplePost('cdr-answered-POST.txt')
    expect(await sendChunked(body as Buffer, `/xmlcdr/?uuid=${uuid}`, { Expect: '100-continue' })).toBe(200)
    await expectRowOf('answered')
  })

  it('200 records by 20 connections at once are 200 rows', async () => {
    const bodies = Array.from({ length: 200 }, () => Buffer.from(madeRecord()))
    const statuses: number[] = []
    const connection = async () => {
      for (let body = bodies.pop(); body; body = bodies.pop()) statuses.push(await sendChunked(body, '/xmlcdr/'))
    }
    await Promise.all(Array.from({ length: 20 }, connection))
    expect(statuses).toEqual(Array(200).fill(200))
    expect(await countOf(world.app.pool, 'xml_cdrs')).toBe(200)
  })
})

describe('the row', () => {
  it('holds the text as it was, decoded once', async () => {
    const xml = madeRecord({ caller_name: 'Zoë & 20% <x>' })
    await postRecord(world.app, { body: `cdr=${encodeURIComponent(xml)}` })
    expect((await only()).xml).toBe(xml)
  })

  it('is what the API lists, to the tenant only', async () => {
    await postRecord(world.app, { body: madeRecord({ caller_destination: '1002', hangup_cause: 'NORMAL_CLEARING' }) })
    const { call, admin, acme, rival } = world
    const lists = await Promise.all(
      [admin, acme.minor, rival.minor].map(({ token }) => call(token, 'GET', '/api/xmlcdrs/')),
    )
    expect(lists.map(({ json }) => json.count)).toEqual([1, 1, 0])
    const [row] = lists[1]!.json.results
    expect(row).toMatchObject({ domain_name: 'acme.example', caller_destination: '1002', updated_by: 'system' })
  })
})
