/** `search=`: each word in any of the resource's search fields, in any case. */
import { expect } from 'vitest'
import { modelOf } from '../../src/rest/model/model.ts'
import { follow } from './reference.ts'
import type { Check, Subject } from './subject.ts'

export function searchingChecks(subject: Subject): Check[] {
  const { search } = subject.compiled.resource
  return [
    { name: `searches ${search.join(', ')}`, run: () => eachField(subject) },
    { name: 'finds rows that hold every word, in any field', run: () => severalWords(subject) },
    { name: 'finds nothing by a secret', run: () => secrets(subject) },
  ]
}

/** The values of the search fields of every row. */
async function texts(subject: Subject): Promise<Map<unknown, string[]>> {
  const tables = await subject.tables()
  const { model, resource } = subject.compiled
  const read = async () =>
    (await subject.rows()).map((row): [unknown, string[]] => [
      row[subject.key],
      resource.search.map((path) => String(follow(tables, model, row, path) ?? '')),
    ])
  return new Map(await read())
}

async function expectFound(subject: Subject, words: string): Promise<void> {
  const split = words
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  const holds = (values: string[], word: string) => values.some((value) => value.toLowerCase().includes(word))
  const expected = [...(await texts(subject))].filter(([, values]) => split.every((word) => holds(values, word)))
  const found = await subject.ids({ search: words })
  expect([...found].sort(), `search=${words}`).toEqual(expected.map(([id]) => id).sort())
}

const wordOf = (text: string): string =>
  text
    .split(/[\s,]+/)
    .filter(Boolean)
    .at(-1) ?? ''

async function eachField(subject: Subject): Promise<void> {
  const all = [...(await texts(subject)).values()]
  for (const [index] of subject.compiled.resource.search.entries()) {
    const words = [...new Set(all.map((values) => wordOf(values[index]!)))].filter(Boolean).slice(0, 6)
    expect(words.length).toBeGreaterThan(0)
    for (const word of words) {
      await expectFound(subject, word)
      await expectFound(subject, word.toUpperCase())
    }
  }
  for (const word of ['%', '_', '\\', 'b', 'nowhere-at-all']) await expectFound(subject, word)
}

async function severalWords(subject: Subject): Promise<void> {
  const all = [...(await texts(subject)).values()]
  for (const values of all.slice(0, 8)) {
    const words = values.map(wordOf).filter(Boolean)
    await expectFound(subject, words.join(' '))
    await expectFound(subject, `  ${words.reverse().join('  ').toLowerCase()} `)
    await expectFound(subject, `${words.join(' ')} nowhere`)
  }
}

async function secrets(subject: Subject): Promise<void> {
  for (const name of subject.fixture.secrets ?? []) {
    const id = await subject.insert(subject.anyOwner)
    const { model } = subject.compiled
    const value = 'Hidden-7c1'.slice(0, subject.column(name)!.maxLength)
    const [step, further] = subject.pathOf(name)!.split('__') as [string, string?]
    const hop = further === undefined ? undefined : model.hops.get(step)!
    const [table, key] = hop ? [modelOf(hop.model).table, hop.remote] : [model.table, subject.key]
    const text = `UPDATE "${table}" SET "${further ?? step}" = $1 WHERE "${key}" = $2`
    await subject.stage.world.app.pool.query(text, [value, id])
    subject.stage.changed()
    expect((await subject.list(`?search=${value}`)).count).toBe(0)
  }
}
