/** Bodies that are wrong, each in one way or in all at once, and the sentences they are answered with. */
import { expect } from 'vitest'
import type { Column } from '../../src/rest/model/model.ts'
import type { Answer } from '../support/app.ts'
import { expectFieldErrors, expectSentence, NOT_NULL, noSuchRow, REQUIRED } from './answers.ts'
import type { Values } from './fixture.ts'
import { sample } from './samples.ts'
import type { Check, Subject } from './subject.ts'

export function validatingChecks(subject: Subject): Check[] {
  if (!subject.expected('admin_api')?.rights.includes('create')) return []
  const { required } = subject.fixture
  const columns = subject.writable
  return [
    ...required.map((name) => ({ name: `${name} is required`, run: () => missing(subject, name) })),
    { name: 'all that is missing is told at once', run: () => allMissing(subject) },
    { name: 'no text is longer than its column', run: () => expectRefused(subject, columns.map(tooLong)) },
    { name: 'no field takes a value of another type', run: () => wrongTypes(subject, columns) },
    { name: 'no field is null that must have a value', run: () => expectRefused(subject, columns.map(isNull)) },
    { name: 'errors of several fields come together, and nothing is written', run: () => allWrong(subject) },
    { name: 'a body that is no object is a 400, one in no known form a 415', run: () => noObject(subject) },
  ]
}

/** A field, values that it does not take, and the sentence that each is answered with. */
type Wrong = readonly [name: string, values: readonly (readonly [unknown, string])[]]

/**
 * Sends good bodies, to creates and to updates, in which every field has its first wrong value, then its second, and so
 * on; each field must be answered with its sentence, no other field with any, and nothing may be written.
 */
async function expectRefused(subject: Subject, fields: readonly Wrong[]): Promise<void> {
  const [row] = await subject.rowsOf([subject.anyOwner])
  const url = subject.rowUrl(row![subject.key] as string)
  const { createOnly = [] } = subject.fixture
  const rounds = Math.max(0, ...fields.map(([, values]) => values.length))
  const good = await subject.body('minimal', subject.anyOwner)
  const before = (await subject.rows()).length
  for (let round = 0; round < rounds; round++) {
    const wrong = fields.flatMap(([name, values]): Sent[] => {
      const [value, sentence] = values[round] ?? []
      return sentence === undefined ? [] : [[name, value, sentence]]
    })
    expectSentences(await subject.admin('POST', subject.url, { ...good, ...valuesOf(wrong) }), wrong)
    const later = wrong.filter(([name]) => !createOnly.includes(name))
    if (later.length > 0) expectSentences(await subject.admin('PATCH', url, valuesOf(later)), later)
  }
  expect((await subject.rows()).length, 'nothing is made').toBe(before)
  expect(await subject.find(row![subject.key] as string), 'nothing is changed').toEqual(row)
}

/** A field, the value it was sent, and the sentence that answers it. */
type Sent = readonly [name: string, value: unknown, sentence: string]

const valuesOf = (wrong: readonly Sent[]): Values => Object.fromEntries(wrong.map(([name, value]) => [name, value]))

function expectSentences(answer: Answer, wrong: readonly Sent[]): void {
  const what = JSON.stringify(valuesOf(wrong)).slice(0, 1000)
  const names = wrong.map(([name]) => name)
  expect(expectFieldErrors(answer, names, what), what).toEqual(
    Object.fromEntries(wrong.map(([name, , sentence]) => [name, [sentence]])),
  )
}

async function missing(subject: Subject, name: string): Promise<void> {
  const { [name]: _left, ...body } = await subject.body('minimal', subject.anyOwner)
  expectSentence(await subject.admin('POST', subject.url, body), name, REQUIRED)
  if (subject.fixture.createOnly?.includes(name)) return
  const [row] = await subject.rowsOf([subject.anyOwner])
  expectSentence(await subject.admin('PUT', subject.rowUrl(row![subject.key] as string), body), name, REQUIRED)
}

async function allMissing(subject: Subject): Promise<void> {
  const { required } = subject.fixture
  for (const body of [{}, undefined]) {
    if (required.length === 0) {
      expect((await subject.admin('POST', subject.url, body)).status, 'nothing need be there').toBe(201)
      continue
    }
    const detail = expectFieldErrors(await subject.admin('POST', subject.url, body), required)
    for (const name of required) expect(detail[name]).toEqual([REQUIRED])
  }
}

const tooLongFor = (column: Column): string =>
  column.email ? `${'x'.repeat(column.maxLength! - 11)}@example.com` : 'x'.repeat(column.maxLength! + 1)

function tooLong([name, column]: [string, Column]): Wrong {
  if (!column.maxLength || column.choices) return [name, []]
  return [name, [[tooLongFor(column), `Ensure this field has no more than ${column.maxLength} characters.`]]]
}

/** Values a column does not take, with DRF's sentences. */
function wrongOf(column: Column): [unknown, string][] {
  if (column.choices) {
    return [
      ['nonsense', '"nonsense" is not a valid choice.'],
      [['a'], `"['a']" is not a valid choice.`],
      [{}, '"{}" is not a valid choice.'],
    ]
  }
  if (column.references) return wrongRelations(column)
  const datetime =
    'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'
  switch (column.type) {
    case 'text':
      return [
        ...[['a'], { a: 1 }, true].map((value): [unknown, string] => [value, 'Not a valid string.']),
        ['a\0b', 'Null characters are not allowed.'],
        ...(column.nullable && !column.filled
          ? []
          : column.blank || column.default === ''
            ? []
            : ([['  ', 'This field may not be blank.']] as [unknown, string][])),
        ...(column.email ? ([['nobody', 'Enter a valid email address.']] as [unknown, string][]) : []),
      ]
    case 'integer':
      return [
        ...['abc', true, [1], {}, 'NaN'].map((value): [unknown, string] => [value, 'A valid number is required.']),
        [1.5, 'Ensure that there are no more than 0 decimal places.'],
        ...(column.digits
          ? ([
              ['1'.repeat(column.digits + 1), `Ensure that there are no more than ${column.digits} digits in total.`],
            ] as [unknown, string][])
          : []),
        ['9'.repeat(2000), 'String value too large.'],
      ]
    case 'decimal':
      return ['abc', true, [1]].map((value) => [value, 'A valid number is required.'])
    case 'boolean':
      return [
        ['maybe', '"maybe" is not a valid choice.'],
        [2, '"2" is not a valid choice.'],
        [['true'], `"['true']" is not a valid choice.`],
      ]
    case 'uuid':
      return ['abc', 5, true, ['a']].map((value) => [value, 'Must be a valid UUID.'])
    case 'datetime':
      return ['yesterday', 5, '2026-02-30', true].map((value) => [value, datetime])
    default:
      return []
  }
}

function wrongRelations(column: Column): [unknown, string][] {
  const wrongBoolean: [unknown, string] = [true, 'Incorrect type. Expected pk value, received bool.']
  if (column.type === 'integer') {
    return [
      wrongBoolean,
      ['abc', 'Incorrect type. Expected pk value, received str.'],
      [2_000_000_000, noSuchRow(2_000_000_000)],
      ['9'.repeat(30), noSuchRow('9'.repeat(30))],
    ]
  }
  const unknown = '00000000-0000-4000-8000-00000000dead'
  return [
    wrongBoolean,
    ['abc', '“abc” is not a valid UUID.'],
    [['a'], `“['a']” is not a valid UUID.`],
    [unknown, noSuchRow(unknown)],
    [5, noSuchRow(5)],
  ]
}

async function wrongTypes(subject: Subject, columns: readonly [string, Column][]): Promise<void> {
  const fields = columns.map(([name, column]): Wrong => {
    // Where a name may stand for a row, text that is no id is the name of none.
    const isNamed = subject.fixture.named?.includes(name)
    const wrong = wrongOf(column).map(
      ([value, sentence]) => [value, value === 'abc' && isNamed ? noSuchRow(value) : sentence] as const,
    )
    return [name, wrong]
  })
  // Hooks look these up, once nothing else is wrong.
  const { lookedUp = [] } = subject.compiled.resource
  const isLookedUp = (name: string, [value, sentence]: readonly [unknown, string]) =>
    lookedUp.includes(name) && sentence === noSuchRow(value)
  const together = fields.map(([name, values]): Wrong => [name, values.filter((one) => !isLookedUp(name, one))])
  const apart = fields.map(([name, values]): Wrong => [name, values.filter((one) => isLookedUp(name, one))])
  await expectRefused(subject, together)
  for (const one of apart) await expectRefused(subject, [one])
  // Each alone is reason enough.
  for (const [name, values] of fields) if (values[0]) await expectRefused(subject, [[name, [values[0]]]])
}

const isNull = ([name, column]: [string, Column]): Wrong => [name, column.nullable ? [] : [[null, NOT_NULL]]]

async function allWrong(subject: Subject): Promise<void> {
  const wrong = subject.writable.flatMap(([name, column]): [string, unknown][] =>
    wrongOf(column)
      .slice(0, 1)
      .map(([value]) => [name, value]),
  )
  const body = Object.fromEntries(wrong) as Values
  const names = Object.keys(body)
  const before = (await subject.rows()).length
  expectFieldErrors(await subject.admin('POST', subject.url, body), names)
  expect((await subject.rows()).length).toBe(before)
  const [row] = await subject.rowsOf([subject.anyOwner])
  const { createOnly = [] } = subject.fixture
  const later = names.filter((name) => !createOnly.includes(name))
  for (const method of ['PUT', 'PATCH']) {
    expectFieldErrors(await subject.admin(method, subject.rowUrl(row![subject.key] as string), body), later)
  }
  expect(await subject.find(row![subject.key] as string)).toEqual(row)
  // A relation to nothing is told of beside what the parser found.
  const relation = subject.writable.find(([, column]) => column.references?.remote === 'id' && column.type === 'uuid')
  const text = subject.writable.find(([, column]) => column.type === 'text' && !column.choices)
  if (!relation || !text) return
  const mixed = {
    ...(await subject.body('minimal', subject.anyOwner)),
    [relation[0]]: sample(relation[1], 999),
    [text[0]]: [],
  }
  expectFieldErrors(await subject.admin('POST', subject.url, mixed), [relation[0], text[0]])
}

async function noObject(subject: Subject): Promise<void> {
  const json = { 'content-type': 'application/json' }
  for (const [body, type] of [
    ['"a"', 'str'],
    ['5', 'int'],
    ['true', 'bool'],
  ] as const) {
    const answer = await subject.admin('POST', subject.url, body, json)
    expectSentence(answer, 'non_field_errors', `Invalid data. Expected a dictionary, but got ${type}.`)
  }
  expectSentence(await subject.admin('POST', subject.url, 'null', json), 'non_field_errors', 'No data provided')
  expectSentence(await subject.admin('POST', subject.url, [], json), 'non_field_errors', 'This list may not be empty.')
  const broken = await subject.admin('POST', subject.url, '{"a":', json)
  expect([broken.status, broken.json.error]).toEqual([400, 400])
  expect(broken.json.detail).toMatch(/^JSON parse error - /)
  const text = await subject.admin('POST', subject.url, 'a', { 'content-type': 'text/plain' })
  expect([text.status, text.json.detail]).toEqual([415, 'Unsupported media type "text/plain" in request.'])
}
