/** A download holds the rows of the list's pages, in their order and with their text. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestUser, testExtension, testWorld, type World } from '../../support/app.ts'
import { addCalls, type Call } from '../../support/cdrs.ts'

let world: World
beforeAll(async () => {
  world = await testWorld({ timeZone: 'Europe/Berlin' })
  const { acme, rival } = world
  const own = await testExtension(world, acme, '1001', acme.user)
  const other = await testExtension(world, acme, '1002')
  const foreign = await testExtension(world, rival, '1001', rival.user)
  const places = [
    { domain_id: acme.id, extension_id: own },
    { domain_id: acme.id, extension_id: other },
    { domain_id: rival.id, extension_id: foreign },
    { domain_id: acme.id, extension_id: own },
    {},
  ]
  const calls = Array.from(
    { length: 240 },
    (_, n): Call => ({
      ...places[n % places.length],
      start_stamp: `2026-0${1 + (n % 3)}-0${1 + (n % 9)}T${String(n % 24).padStart(2, '0')}:00:00${n % 4 ? '' : '.25'}Z`,
      answer_stamp: n % 3 ? `2026-03-01T00:00:${10 + (n % 50)}Z` : null,
      direction: ['inbound', 'outbound', 'local'][n % 3],
      caller_id_name: [null, '', 'Max, "der" Große', '=1+1', 'zwei\nZeilen', ' x ', '+1 (555) 123'][n % 7],
      caller_id_number: ['+15551234567', '-1', '@home', '1001'][n % 4],
      destination_number: String(2000 + (n % 8)),
      hangup_cause: ['NORMAL_CLEARING', 'USER_BUSY', null][n % 3],
      record_path: n % 5 ? null : '/var/lib/записи/\t1.wav',
      duration: n % 6 ? n : null,
      billsec: n % 6 ? n - 1 : null,
      rtp_audio_in_mos: n % 3 ? 4.2 : null,
      missed_call: [true, false, null][n % 3],
      xml: n % 9 ? null : '<cdr a="1">\r\n</cdr>',
    }),
  )
  await addCalls(world.app.pool, calls)
})
afterAll(() => world?.close())

/** The rows of all pages of a list as CSV, under its header. */
async function pages(user: TestUser, path: string, query: string): Promise<string> {
  const texts: string[] = []
  for (let page = 1; ; page += 1) {
    const url = `/api/${path}/?format=csv&page_size=100&page=${page}&${query}`
    const { status, text } = await world.call(user.token, 'GET', url)
    if (status === 404) return texts.join('')
    expect(status, text).toBe(200)
    texts.push(page === 1 ? text : text.slice(text.indexOf('\r\n') + 2))
  }
}

const download = (user: TestUser, path: string, query = '', headers: Record<string, string> = {}) =>
  world.call(user.token, 'GET', `/api/${path}/download/?${query}`, undefined, headers)

const read = (text: string) => parse(text, { record_delimiter: '\r\n' }) as string[][]

const QUERIES = [
  '',
  'start_stamp__gte=2026-02-01&start_stamp__lt=2026-03-01',
  'start_stamp__date=2026-02-02',
  'direction=inbound',
  'direction__in=inbound,local&status=no%20answer',
  'search=555%201001',
  'search=gro%C3%9Fe',
  "caller_id_name__contains='",
  'caller_id_name__contains=%22',
  'caller_id_name__startswith=%3D1%2B1',
  'duration__range=20,90&answer_stamp__isnull=true',
  'missed_call=true',
  'extension_id__extension=1001',
  'domain_id__name=acme.example',
  'fields=id,url,caller_id_name,start_stamp',
  'omit=caller_id_name,status,url',
  'ordering=-start_stamp',
  'ordering=caller_id_name,-duration',
  'ordering=-answer_stamp&direction=local&fields=answer_stamp,caller_id_number',
]

describe.each([
  ['an administrator', () => world.admin, 'xmlcdrs', 240],
  ['an administrator, of the fields of customers', () => world.admin, 'xmlcustomercdrs', 240],
  ['a minor administrator', () => world.acme.minor, 'xmlcdrs', 144],
  ['a minor administrator, of the fields of customers', () => world.acme.minor, 'xmlcustomercdrs', 144],
  ['a user', () => world.acme.user, 'xmlcustomercdrs', 96],
])('for %s', (_name, user, path, rows) => {
  it.each(QUERIES)('%j: the rows, the order and the text of the list', async (query) => {
    const answer = await download(user(), path, query)
    // Users may not look into domains, here as there.
    if (path === 'xmlcustomercdrs' && query.startsWith('domain_id__') && rows === 96) {
      expect(answer.json).toEqual((await world.call(user().token, 'GET', `/api/${path}/?${query}`)).json)
      expect(answer.status).toBe(400)
      return
    }
    expect(answer.status, answer.text).toBe(200)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    const listed = read(await pages(user(), path, query))
    expect(read(answer.text)).toEqual(listed)
    if (query === '') expect(listed).toHaveLength(rows + 1)
    if (query.includes('duration__range')) expect(listed.length).toBeGreaterThan(1)
  })
})

describe('a download', () => {
  it('ends each of its lines as RFC 4180 has it', async () => {
    const { text } = await download(world.acme.minor, 'xmlcustomercdrs', 'fields=id,caller_id_number')
    expect(text.split('\r\n')).toHaveLength(144 + 2)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })

  it('has no pages, whatever it is asked for', async () => {
    const whole = (await download(world.acme.user, 'xmlcustomercdrs')).text
    for (const query of [
      'page=2',
      'page=last',
      'page=x',
      'page_size=1',
      'cursor=nonsense',
      'page_size=5&page=9&cursor=',
    ]) {
      const answer = await download(world.acme.user, 'xmlcustomercdrs', query, { prefer: 'handling=strict' })
      expect([answer.status, answer.text]).toEqual([200, whole])
    }
  })

  it('that finds nothing has its header', async () => {
    const { status, text } = await download(world.acme.minor, 'xmlcustomercdrs', 'direction=none&omit=url')
    expect(status).toBe(200)
    expect(text).toMatch(/^id,call_uuid,direction,[a-z_,]+,record_path\r\n$/)
    expect(text).toBe(await pages(world.acme.minor, 'xmlcustomercdrs', 'direction=none&omit=url'))
  })

  it('leaves out what flags leave out', async () => {
    const { text } = await download(world.admin, 'xmlcdrs', 'nojson&noxml=1&direction=none')
    expect(text.split(',')).not.toContain('json')
    expect(text.split(',')).not.toContain('xml')
    expect((await download(world.admin, 'xmlcdrs', 'nojson=perhaps')).json.detail).toHaveProperty('nojson')
  })

  it('has the json of a call, which means what the list shows', async () => {
    const json = { 'a"b': [1, { c: 'd\n' }], e: null }
    const [id] = await addCalls(world.app.pool, [{ start_stamp: '2026-03-03T00:00:00Z', json }])
    const [, [cell]] = read((await download(world.admin, 'xmlcdrs', `id=${id}&fields=json`)).text) as [
      unknown,
      [string],
    ]
    expect(JSON.parse(cell)).toEqual(json)
    await world.app.pool.query('DELETE FROM xml_cdrs WHERE id = $1', [id])
  })
})
