/**
 * What Django REST framework answered to the same requests on the same rows (drf-validation.json, recorded from
 * DjangoPBX). Ours agrees, save for the differences listed here, each with its reason.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Answer, type TestApp, type TestUser, testApp, testUser } from '../support/app.ts'
import recorded from './drf-validation.json' with { type: 'json' }

const DOMAIN = '2968d386-8a86-490e-86de-57bda757d215'
const OTHER_DOMAIN = 'f465af77-0fcb-47c9-a274-305fdc639e49'
const EXTENSION = '59b2fc26-91e1-4493-bf45-f4c757abb738'

interface Recorded {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string | undefined>
  /** Its characters are the bytes that were sent. */
  readonly body?: string
  readonly status: number
  readonly answer: unknown
}

/** What ours answers instead; a text or pattern is that of the sentence under `detail`. */
interface Difference {
  readonly status: number
  readonly answer?: unknown
}

let served: TestApp
let admin: TestUser
let created = ''

beforeAll(async () => {
  served = await testApp()
  const { app } = served
  admin = await testUser(app, 'root', ['admin_api'], null)
  await app.prisma.domain.create({ data: { id: DOMAIN, name: 'a.example', portal_name: 'a.example' } })
  await app.prisma.domain.create({ data: { id: OTHER_DOMAIN, name: 'b.example', portal_name: 'b.example' } })
  const data = { id: EXTENSION, domain_id: DOMAIN, extension: '1001', password: 'pw', description: 'ext 1001' }
  await app.prisma.extension.create({ data })
})
afterAll(() => served?.close())

const ok = (extension: Record<string, unknown>) => ({ status: 201, answer: { number_alias: null, ...extension } })
const NO_HTML = { status: 406, answer: 'Could not satisfy the request Accept header.' }
const NOT_FOUND = { status: 404, answer: 'Not found.' }

/** Everything that ours does otherwise, by the name of the request. */
const DIFFERENCES: Record<string, Difference> = {
  // There is no HTML to browse: a browser gets JSON where its Accept header takes anything, else a 406.
  'detail accept html': NO_HTML,
  'detail accept browser': { status: 200, answer: { extension: '1001' } },
  'format=api': NOT_FOUND,
  'format=api accept any': NOT_FOUND,
  '404 json accept html': NO_HTML,
  // Contract section 4: the sentence of a JSON or multipart error is our parser's own.
  'malformed json': { status: 400, answer: /^JSON parse error - / },
  'malformed json 2': { status: 400, answer: /^JSON parse error - / },
  'NaN literal': { status: 400, answer: /^JSON parse error - / },
  'invalid utf8': { status: 400, answer: 'JSON parse error - the body is not valid UTF-8.' },
  bom: { status: 400, answer: /^JSON parse error - / },
  'multipart bad boundary': { status: 400, answer: /^Multipart form parse error - / },
  'multipart truncated': { status: 400, answer: /^Multipart form parse error - / },
  // Contract section 2: number_alias is not required, nor is updated_by, which is the caller's username.
  'missing number_alias (unique_together makes required)': ok({ extension: '1900' }),
  'missing updated_by': ok({ extension: '1900' }),
  // Contract section 2: booleans are booleans, and taken as such.
  'bool for choice': ok({ extension: '1900', enabled: true }),
  'int for choice': ok({ extension: '1900', enabled: true }),
  // Contract section 2: a number is a whole number; JSON has no other way to write 30 than 30.0 has.
  'decimal float': ok({ extension: '1923', call_timeout: 30 }),
  // A list creates all its rows; DjangoPBX takes one row at a time.
  'json list': { status: 201, answer: '(rows)' },
  'json empty list': { status: 400, answer: { non_field_errors: ['This list may not be empty.'] } },
  // A filter by something that is no boolean says so in the words of a boolean field.
  'accept-language de': { status: 400, answer: { enabled: ['"bogus" is not a valid choice.'] } },
}

/** Contract section 2, what is not required here: the errors about it are left out. */
const NOT_REQUIRED = ['number_alias', 'updated_by']

it.each(recorded as Recorded[])('$name', async (request) => {
  const difference = DIFFERENCES[request.name]
  const answer = await replay(request)
  const status = difference?.status ?? request.status
  expect(answer.status, answer.text).toBe(status)
  if (answer.status >= 400) expectError(answer, difference?.answer ?? request.answer)
  else if (answer.status !== 204) expectRow(answer, difference?.answer ?? request.answer)
  await keepStep(request, answer)
})

it('lists no difference that is none any more', () => {
  const names = recorded.map(({ name }) => name)
  expect(Object.keys(DIFFERENCES).filter((name) => !names.includes(name))).toEqual([])
})

function replay({ method, path, headers, body }: Recorded): Promise<Answer> {
  const sent = Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => !!pair[1]))
  const payload = body === undefined ? undefined : Buffer.from(body, 'latin1')
  return served.call(admin.token, method, path.replace('{created}', created), payload, sent)
}

/** Rows that were not made in the recording go again; one that was is remembered. */
async function keepStep({ name, status }: Recorded, answer: Answer): Promise<void> {
  if (answer.status !== 201) return
  const [row] = [answer.json].flat()
  if (row === answer.json) expect(answer.headers.location).toBe(row.url)
  if (status !== 201) await served.call(admin.token, 'DELETE', `/api/extensions/${row.id}/`)
  if (name === 'create ok minimal') created = row.id
}

function expectError(answer: Answer, theirs: unknown): void {
  const { error, message: _reason, detail, ...fields } = answer.json
  expect(error).toBe(answer.status)
  if (theirs instanceof RegExp) expect(detail).toMatch(theirs)
  else if (typeof theirs === 'string') expect(detail).toBe(theirs)
  else if ('detail' in (theirs as object)) expect(detail).toBe((theirs as { detail: string }).detail)
  else {
    const expected = Object.entries(theirs as object).filter(([name]) => !NOT_REQUIRED.includes(name))
    expect(detail).toEqual(withUniqueField(Object.fromEntries(expected)))
    expect(fields, 'each field stands at the top level too').toEqual(detail)
  }
}

/** The guide tells of uniqueness under the field, DRF under non_field_errors: ours does both. */
function withUniqueField(errors: Record<string, unknown>): Record<string, unknown> {
  const [sentence] = (errors.non_field_errors as string[] | undefined) ?? []
  const field = /^The fields domain_id, (\w+) must make a unique set\.$/.exec(sentence ?? '')?.[1]
  if (!field) return errors
  const label = field === 'extension' ? 'number' : 'number alias'
  return { ...errors, [field]: [`Extension with this ${label} already exists.`] }
}

function expectRow(answer: Answer, theirs: unknown): void {
  if (theirs === '(a list)') expect(answer.json).toMatchObject({ count: 1, results: [{ extension: '1001' }] })
  else if (theirs === '(rows)') expect(answer.json).toMatchObject([{ extension: '1900' }])
  else if (theirs === '(the index)') expect(answer.json.extensions).toBe('http://localhost:80/api/extensions/')
  else expect(answer.json).toMatchObject(ourValues(theirs as Record<string, unknown>))
}

/** Contract section 2: booleans are booleans and whole numbers are numbers, which DjangoPBX sends as text. */
function ourValues(row: Record<string, unknown>): Record<string, unknown> {
  const ours = { ...row }
  for (const name of ['limit_max', 'call_timeout']) if (typeof row[name] === 'string') ours[name] = Number(row[name])
  if (typeof row.enabled === 'string') ours.enabled = row.enabled === 'true'
  return ours
}
