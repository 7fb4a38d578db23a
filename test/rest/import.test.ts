/** Rows from a CSV file: what a list gives as CSV can be given back, and errors are told by line and column. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, testWorld, type World } from '../support/app.ts'

const URL = '/api/extensions/'
const CSV = { 'content-type': 'text/csv' }

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  await world.app.pool.query('DELETE FROM extensions')
})

const send = (file: string | Buffer, query = '', headers: Record<string, string> = CSV, url = URL): Promise<Answer> =>
  world.call(world.acme.minor.token, 'POST', `${url}import/${query}`, file, headers)
const rows = async () =>
  (await world.app.pool.query('SELECT extension, description FROM extensions ORDER BY extension')).rows as Record<
    string,
    unknown
  >[]

/** An error about lines, with exactly these. */
function expectLines(
  answer: Answer,
  errors: [line: number, column: string | null, message: string][],
  detail?: string,
) {
  expect(answer.status, answer.text).toBe(400)
  expect(answer.json).toMatchObject({ error: 400, message: 'Bad Request', detail: detail ?? expect.any(String) })
  expect(answer.json.errors).toEqual(errors.map(([line, column, message]) => ({ line, column, message })))
}

describe('a file', () => {
  it('becomes rows, a line each, like bodies of JSON', async () => {
    const answer = await send(
      'extension,password,call_timeout,enabled,description\r\n1001,pw,7,false,"a, ""b""\r\nc"\r\n1002,pw,,true,\r\n',
    )
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json).toEqual({ dry_run: false, lines: 2, created: 2, failed: 0, ids: expect.any(Array), errors: [] })
    const [first, second] = await Promise.all(
      answer.json.ids.map((id: string) => world.call(world.acme.minor.token, 'GET', `${URL}${id}/`)),
    )
    expect(first.json).toMatchObject({
      domain_id: world.acme.id,
      extension: '1001',
      call_timeout: 7,
      enabled: false,
      description: 'a, "b"\r\nc',
      user_context: 'acme.example',
    })
    expect(second.json).toMatchObject({ call_timeout: null, enabled: true, description: null })
    const boxes = await world.app.pool.query('SELECT FROM voicemails')
    expect(boxes.rowCount, 'with what hangs on them').toBe(2)
  })

  it.each([
    ['with a mark of its encoding', '\ufeffextension,password\n1001,pw\n'],
    ['without a line end at its end', 'extension,password\n1001,pw'],
    ['with old line ends', 'extension,password\r1001,pw\r'],
    ['with semicolons', 'extension;password\n1001;pw\n'],
    ['with tabs, quotes and empty lines', '\n"extension"\t"password"\n\n"1001"\t"pw"\n\n'],
    ['with columns that are read only', 'id,url,created,extension,password\nx,y,z,1001,pw\n'],
  ])('%s is taken', async (_what, file) => {
    const answer = await send(file)
    expect(answer.status, answer.text).toBe(201)
    expect((await rows()).map(({ extension }) => extension)).toEqual(['1001'])
  })

  it('comes as the field file of a form as well', async () => {
    const part = (name: string, more: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
    const form = { 'content-type': 'multipart/form-data; boundary=b' }
    const file = 'extension,password\r\n1001,pw\r\n'
    const answer = await send(`${part('note', '', 'x')}${part('file', '; filename="a.csv"', file)}--b--\r\n`, '', form)
    expect(answer.status, answer.text).toBe(201)
    const other = await send(`${part('table', '; filename="a.csv"', file)}--b--\r\n`, '', form)
    expect(other.json.detail).toEqual({ table: ['A file is not taken here: send it as file.'] })
    const none = await send(`${part('note', '', 'x')}--b--\r\n`, '', form)
    expect(none.json.detail).toMatch(/^There is no file\./)
  })

  it('that cannot be read is refused, and says why', async () => {
    expect((await send(Buffer.from('extension,password\n\xe4,pw\n', 'latin1'))).json.detail).toMatch(/not valid UTF-8/)
    expect((await send('')).json.detail).toMatch(/empty/)
    expect((await send('\n\n')).json.detail).toMatch(/empty/)
    expect((await send('extension,password\n')).json.detail).toMatch(/no line below/)
    expectLines(await send('extension,password\n1001,pw\n1002,"pw\n1003,pw\n'), [
      [3, null, 'A quote that begins a cell here is not closed.'],
    ])
    expectLines(await send('extension,password\n1001,p"w\n'), [
      [2, null, 'A cell with a quote in it must stand in quotes, and the quote be doubled.'],
    ])
    expect((await send('{}', '', { 'content-type': 'application/json' })).status).toBe(415)
    expect((await send('extension\n1', '', { 'content-type': 'text/csv; charset=latin1' })).status).toBe(415)
    expect((await send('extension\n1', '?dry_run=perhaps')).json.detail).toHaveProperty('dry_run')
  })

  it('of CSV is taken nowhere else', async () => {
    for (const url of [URL, `${URL}bulk_delete/`]) {
      expect((await world.call(world.acme.minor.token, 'POST', url, 'extension\n1\n', CSV)).status).toBe(415)
    }
  })

  it('of more than 10,000 lines is refused', async () => {
    const answer = await send(`extension,password\n${'1,p\n'.repeat(10_001)}`)
    expect([answer.status, answer.json.detail]).toEqual([400, 'The file has more than 10000 lines. Send it in parts.'])
  })

  it('is for who may create', async () => {
    expect((await world.call(world.acme.user.token, 'POST', `${URL}import/`, 'extension\n1\n', CSV)).status).toBe(403)
    expect((await world.call(world.acme.minor.token, 'GET', `${URL}import/`)).status).toBe(405)
  })
})

describe('any bytes', () => {
  it('are rows or a 400, never an error of the server', async () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('"', '""', "'", '\r', '\n', ';', '\0', '\ud800', '1', ''),
    )
    const line = fc.array(cell, { maxLength: 4 }).map((cells) => cells.join(','))
    const head = fc.oneof(
      fc.constantFrom('extension,password', 'extension,password,description', '\ufeffid;extension'),
      line,
    )
    const file = fc
      .tuple(head, fc.array(line, { maxLength: 6 }))
      .map(([first, rest]) => Buffer.from([first, ...rest].join('\n')))
    const bytes = fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some))
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(file, bytes),
        fc.constantFrom('?dry_run=1', '?dry_run=1&partial=1'),
        async (some, query) => {
          const answer = await send(some, query)
          expect([200, 400], answer.text).toContain(answer.status)
          if (answer.status === 400) expect(answer.json).toMatchObject({ error: 400, detail: expect.any(String) })
        },
      ),
      { numRuns: 80 },
    )
  }, 30_000)
})

describe('the first line', () => {
  it('names columns; those that are unknown, stand twice or are missing are told at once', async () => {
    expectLines(
      await send('extension,extensoin,extension,\n1,2,3,4\n'),
      [
        [1, 'extensoin', 'Unknown column.'],
        [1, 'extension', 'This column stands here twice.'],
        [1, null, 'Column 4 has no name.'],
        [1, 'password', 'This column is required.'],
      ],
      'The first line must name columns of the collection.',
    )
  })

  it('has the tenant for administrators, who have none', async () => {
    const file = 'extension,password\n1001,pw\n'
    const answer = await world.call(world.admin.token, 'POST', `${URL}import/`, file, CSV)
    expectLines(answer, [[1, 'domain_id', 'This column is required.']])
    const whole = `extension,password,domain_id\n1001,pw,${world.rival.id}\n`
    expect((await world.call(world.admin.token, 'POST', `${URL}import/`, whole, CSV)).status).toBe(201)
  })
})

describe('errors', () => {
  const file = [
    'extension,password,call_timeout,domain_id',
    '1001,pw,5,',
    '1002,pw',
    `1003,"p`,
    `w",soon,${'RIVAL'}`,
    '',
    ',pw,5,',
    '1001,pw,5,',
    '1004,pw,5,,,',
  ].join('\r\n')
  const told = (): [number, string | null, string][] => [
    [3, null, 'This line has 2 cells, the first line 4.'],
    [4, 'domain_id', `Invalid pk "${world.rival.id}" - object does not exist.`],
    [4, 'call_timeout', 'A valid number is required.'],
    [7, 'extension', 'This field is required.'],
    [8, 'extension', 'Extension with this number already exists.'],
    [8, null, 'The fields domain_id, extension must make a unique set.'],
    [9, null, 'This line has 6 cells, the first line 4.'],
  ]
  const byLine = (errors: { line: number; column: string | null; message: string }[]) =>
    errors.map(({ line, column, message }) => `${line} ${column} ${message}`).sort()
  const expected = () =>
    told()
      .map(([line, column, message]) => `${line} ${column} ${message}`)
      .sort()

  it('are told by line and column, of all lines at once, and nothing is written', async () => {
    for (const query of ['', '?dry_run=true']) {
      const answer = await send(file.replace('RIVAL', world.rival.id), query)
      expect(answer.status, answer.text).toBe(400)
      expect(answer.json.detail).toBe('5 of 6 lines cannot be imported. Nothing was written.')
      expect(byLine(answer.json.errors)).toEqual(expected())
      const lines = answer.json.errors.map(({ line }: { line: number }) => line)
      expect(lines).toEqual([...lines].sort((a, b) => a - b))
      expect(await rows()).toEqual([])
    }
  })

  it('with partial=true keep no other line from becoming a row', async () => {
    const answer = await send(file.replace('RIVAL', world.rival.id), '?partial=true')
    expect(answer.status, answer.text).toBe(207)
    expect(answer.json).toMatchObject({ lines: 6, created: 1, failed: 5, ids: [expect.any(String)] })
    expect(byLine(answer.json.errors)).toEqual(expected())
    expect((await rows()).map(({ extension }) => extension)).toEqual(['1001'])
  })

  it('are not looked for twice: dry_run tells what would be, and writes nothing', async () => {
    const answer = await send('extension,password\n1001,pw\n1002,pw\n', '?dry_run=true')
    expect([answer.status, answer.json]).toEqual([
      200,
      { dry_run: true, lines: 2, created: 2, failed: 0, ids: [], errors: [] },
    ])
    expect(await rows()).toEqual([])
    const partial = await send('extension,password\n1001,pw\n,pw\n', '?dry_run=true&partial=true')
    expect(partial.json).toMatchObject({ created: 1, failed: 1, errors: [{ line: 3, column: 'extension' }] })
    expect(await rows()).toEqual([])
    const { rows: log } = await world.app.pool.query(
      "SELECT FROM audit_log WHERE resource = 'extensions' AND row_id = 'x'",
    )
    expect(log).toEqual([])
  })
})
