/** Lists: their default order, any order asked for, and their pages. */
import { expect } from 'vitest'
import { expectError, expectFieldErrors } from './answers.ts'
import { BASE_URL } from './stage.ts'
import type { Check, ListBody, Subject } from './subject.ts'

export function pagingChecks(subject: Subject): Check[] {
  const orders = subject.plainColumns.filter(([, column]) => !['json', 'bytes'].includes(column.type))
  return [
    { name: 'has its default order, made total by the key', run: () => defaultOrder(subject) },
    ...orders.map(([name]) => ({ name: `is ordered by ${name} both ways`, run: () => orderedBy(subject, [name]) })),
    { name: 'is ordered by several fields', run: () => orderedBySeveral(subject, orders) },
    { name: 'an unknown or secret field to order by is a 400', run: () => unknownOrder(subject) },
    { name: 'has 25 rows a page, page_size rows when asked, 100 at most', run: () => sizes(subject) },
    { name: 'its pages hold every row once', run: () => everyRowOnce(subject) },
    { name: 'links keep every other parameter; the first page has no number', run: () => links(subject) },
    { name: 'page=last is the last page', run: () => lastPage(subject) },
    { name: 'a page that is not there is a 404', run: () => pagesTooFar(subject) },
    { name: 'Prefer: count=none leaves the counting out', run: () => uncounted(subject) },
  ]
}

async function expectOrder(subject: Subject, query: Record<string, string>, order: readonly string[]): Promise<void> {
  const rows = await subject.sorted(await subject.rows(), order)
  expect(await subject.ids(query), JSON.stringify(query)).toEqual(subject.idsOf(rows))
}

async function defaultOrder(subject: Subject): Promise<void> {
  await expectOrder(subject, {}, subject.fixture.order)
}

async function orderedBy(subject: Subject, names: readonly string[]): Promise<void> {
  await expectOrder(subject, { ordering: names.join(',') }, names)
  const reversed = names.map((name) => `-${name}`)
  await expectOrder(subject, { ordering: reversed.join(',') }, reversed)
}

async function orderedBySeveral(subject: Subject, orders: Subject['plainColumns']): Promise<void> {
  const [first, second = first] = orders.filter(([name]) => name !== subject.key).map(([name]) => name)
  await orderedBy(subject, [first!, `-${second}`].filter((_, index) => index === 0 || second !== first).slice(0, 1))
  if (second !== first) await expectOrder(subject, { ordering: `${first}, -${second}` }, [first!, `-${second}`])
}

async function unknownOrder(subject: Subject): Promise<void> {
  const { secrets = [] } = subject.fixture
  for (const name of ['nonsense', `${subject.key},nonsense`, '-', `-${subject.key},,`, 'url', ...secrets]) {
    const answer = await subject.admin('GET', `${subject.url}?ordering=${name}`)
    expectFieldErrors(answer, ['ordering'], `ordering=${name}`)
  }
}

async function sizes(subject: Subject): Promise<void> {
  const { length } = await subject.rows()
  expect(length).toBeGreaterThan(25)
  const usual = await subject.list('')
  expect(usual.count).toBe(length)
  expect(usual.results.length).toBe(25)
  expect((await subject.list('?page_size=7')).results.length).toBe(7)
  for (const nonsense of ['0', '-1', 'abc', '']) {
    expect((await subject.list(`?page_size=${nonsense}`)).results.length, nonsense).toBe(25)
  }
  expect((await subject.list('?page_size=100000')).results.length).toBe(Math.min(length, 100))
}

async function everyRowOnce(subject: Subject): Promise<void> {
  const rows = await subject.sorted(await subject.rows(), subject.fixture.order)
  const found: unknown[] = []
  let next: string | null = `${subject.url}?page_size=10&fields=${subject.key}`
  while (next) {
    const answer = await subject.admin('GET', next)
    expect(answer.status, next).toBe(200)
    const page = answer.json as ListBody
    expect(page.count).toBe(rows.length)
    found.push(...page.results.map((row) => row[subject.key]))
    next = page.next
  }
  expect(found).toEqual(subject.idsOf(rows))
}

async function links(subject: Subject): Promise<void> {
  const kept = `page_size=5&ordering=-${subject.key}&search=&a=%C3%A9%20b%26c&a=2`
  const address = `${BASE_URL}${subject.url}?${kept}`
  const first = await subject.list(`?${kept}`)
  const next = (page: ListBody) => (subject.fixture.long ? page.next?.replace(/&cursor=[\w-]+$/, '') : page.next)
  expect([first.previous, next(first)]).toEqual([null, `${address}&page=2`])
  expect(first.next?.includes('cursor=')).toBe(subject.fixture.long ?? false)
  const second = await subject.list(`?page=2&${kept}`)
  expect([second.previous, next(second)]).toEqual([address, `${address}&page=3`])
  const third = await subject.list(`?page_size=5&page=3&${kept.slice('page_size=5&'.length)}`)
  expect([third.previous, next(third)]).toEqual([`${address}&page=2`, `${address}&page=4`])
}

async function lastPage(subject: Subject): Promise<void> {
  const rows = await subject.sorted(await subject.rows(), subject.fixture.order)
  const last = await subject.list(`?page_size=9&page=last`)
  const pages = Math.ceil(rows.length / 9)
  expect(subject.idsOf(last.results)).toEqual(subject.idsOf(rows.slice((pages - 1) * 9)))
  expect(last.next).toBe(null)
  expect(last.previous).toBe(`${BASE_URL}${subject.url}?page_size=9&page=${pages - 1}`)
  expect(last).toEqual(await subject.list(`?page_size=9&page=${pages}`))
}

async function pagesTooFar(subject: Subject): Promise<void> {
  const { length } = await subject.rows()
  for (const page of [Math.ceil(length / 25) + 1, 0, -1, 'abc', 1.5, '', '9'.repeat(30)]) {
    for (const prefer of ['count=none', 'respond-async']) {
      const answer = await subject.admin('GET', `${subject.url}?page=${page}`, undefined, { prefer })
      expectError(answer, 404, 'Invalid page.', `page=${page}, Prefer: ${prefer}`)
    }
  }
}

async function uncounted(subject: Subject): Promise<void> {
  const { length } = await subject.rows()
  const prefer = { prefer: 'count=none' }
  const answer = await subject.admin('GET', `${subject.url}?page_size=10`, undefined, prefer)
  expect(answer.headers['preference-applied']).toBe('count=none')
  expect(answer.json).toEqual({ ...(await subject.list('?page_size=10')), count: null })
  const pages = Math.ceil(length / 10)
  const last = await subject.list(`?page_size=10&page=${pages}`, 'admin_api', prefer)
  expect(last).toEqual({ ...(await subject.list(`?page_size=10&page=${pages}`)), count: null })
  expect(last.next).toBe(null)
}
