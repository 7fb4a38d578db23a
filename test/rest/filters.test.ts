/** Filters find the rows that the same comparison in JavaScript finds, whatever the text. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testExtension, testWorld, type World } from '../support/app.ts'

let world: World
beforeAll(async () => {
  world = await testWorld()
})
afterAll(() => world?.close())

/** Letters that are easily mistaken for something else by LIKE, URLs, SQL or Unicode. */
const awkward = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'A',
    'é',
    'ß',
    '😀',
    '%',
    '_',
    '\\',
    "'",
    '"',
    ',',
    '&',
    '=',
    '+',
    '#',
    ' ',
    '$',
    '1',
  ),
  maxLength: 6,
})

/** Upper and lower case of A to Z and a few more, as far as every PostgreSQL agrees with JavaScript. */
const fold = (text: string) => text.toLowerCase()
const LOOKUPS: Record<string, (value: string, asked: string) => boolean> = {
  exact: (value, asked) => value === asked,
  contains: (value, asked) => value.includes(asked),
  startswith: (value, asked) => value.startsWith(asked),
  endswith: (value, asked) => value.endsWith(asked),
  iexact: (value, asked) => fold(value) === fold(asked),
  icontains: (value, asked) => fold(value).includes(fold(asked)),
  istartswith: (value, asked) => fold(value).startsWith(fold(asked)),
  iendswith: (value, asked) => fold(value).endsWith(fold(asked)),
  in: (value, asked) => asked.split(',').some((one) => one.trim() === value),
}

describe('text', () => {
  let values: string[]
  beforeAll(async () => {
    values = fc.sample(awkward, { numRuns: 150, seed: 7 })
    const rows = values.map((description, index) => ({
      domain_id: world.acme.id,
      extension: String(index),
      password: 'pw',
      description,
    }))
    await world.app.prisma.extension.createMany({ data: rows })
  })

  it.each(Object.keys(LOOKUPS))('%s answers as JavaScript does', async (lookup) => {
    const holds = LOOKUPS[lookup]!
    await fc.assert(
      fc.asyncProperty(fc.oneof(awkward, fc.constantFrom(...values)), async (text) => {
        const asked = text.trim()
        const parameter = `description${lookup === 'exact' ? '' : `__${lookup}`}=${encodeURIComponent(text)}`
        const { json } = await list(`${parameter}&fields=description&page_size=1&extension__lt=a`)
        // An empty value filters nothing.
        const expected = values.filter((value) => asked === '' || holds(value, asked))
        expect(json.count).toBe(expected.length)
      }),
      { numRuns: 60 },
    )
  })

  it('search finds rows where each word is somewhere, as text and in any case', async () => {
    await fc.assert(
      fc.asyncProperty(awkward, awkward, async (one, other) => {
        const words = `${one} ${other}`.split(/[\s,]+/).filter(Boolean)
        const { json } = await list(`search=${encodeURIComponent(`${one} ${other}`)}&page_size=1&extension__lt=a`)
        const found = values.filter((value, index) =>
          words.every((word) => fold(value).includes(fold(word)) || String(index).includes(word)),
        )
        expect(json.count).toBe(found.length)
      }),
      { numRuns: 60 },
    )
  })

  it('that no row can have finds none, and what PostgreSQL cannot hold is an error of the parameter', async () => {
    expect((await list(`description=${'x'.repeat(1000)}`)).json.count).toBe(0)
    const answer = await list('description=a%00b')
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toEqual({ description: ['Null characters are not allowed.'] })
  })
})

describe('other types', () => {
  beforeAll(async () => {
    for (const [number, limit] of [1, 5, 10, null].entries()) {
      const id = await testExtension(world, world.rival, String(100 + number))
      await world.app.prisma.extension.update({ where: { id }, data: { limit_max: limit, enabled: number % 2 === 0 } })
    }
  })

  it.each([
    ['limit_max=5', 1],
    ['limit_max=%205.0', 400],
    ['limit_max__gt=1', 2],
    ['limit_max__gte=1', 3],
    ['limit_max__lt=5', 1],
    ['limit_max__lte=5', 2],
    ['limit_max__range=1,5', 2],
    ['limit_max__range=5,1', 400],
    ['limit_max__range=1', 400],
    ['limit_max__in=1,10,99', 2],
    ['limit_max__in=1,x', 400],
    ['limit_max__isnull=yes', 1],
    ['limit_max__isnull=0', 3],
    ['limit_max__isnull=perhaps', 400],
    ['limit_max__contains=1', 400],
    ['limit_max__nosuch=1', 400],
    ['limit_max__gt__lt=1', 400],
    ['limit_max=', 4],
    ['limit_max=1&limit_max=5', 1],
    ['enabled=TRUE', 2],
    ['enabled=no', 2],
    ['enabled__in=t,f', 4],
    ['created__date=2024-13-01', 400],
    ['created__gt=2024-01-01', 4],
    ['id__in=00000000-0000-4000-8000-000000000000', 0],
    ['id=abc', 400],
    ['domain_id=00000000-0000-4000-8000-000000000000', 0],
    ['domain_id__name=rival.example', 4],
    ['domain_id__name__icontains=RIVAL', 4],
    ['domain_id__name__in=acme.example,nobody', 0],
    ['domain_id__nosuch=1', 400],
    ['domain_id__name__nosuch=1', 400],
    ['domain_id__isnull=true', 0],
    ['extension__domain_id=1', 400],
    ['password=pw', 400],
    ['url=x', 400],
    ['nosuch=1', 4],
    ['__proto__=1&constructor=1&toString__in=1', 4],
    ['user_record=', 4],
    ['user_record=none', 400],
    ['user_record__contains=none', 0],
  ])('%s finds %d', async (query, expected) => {
    const { status, json } = await world.call(world.rival.minor.token, 'GET', `/api/extensions/?${query}`)
    expect(status === 200 ? json.count : status).toBe(expected)
    if (status === 400) expect(Object.keys(json.detail)).toEqual([query.split('=')[0]])
  })

  it('all errors of a query come together', async () => {
    const { json } = await list('limit_max=x&id=y&ordering=nosuch,-password&fields=nosuch&omit=password2&search=a%00')
    expect(json.detail).toEqual({
      fields: ['nosuch is no field here.'],
      omit: ['password2 is no field here.'],
      ordering: ['nosuch is no field to order by.', 'password is no field to order by.'],
      id: ['Must be a valid UUID.'],
      limit_max: ['A valid number is required.'],
      search: ['Null characters are not allowed.'],
    })
  })

  it('an id that could be a row and names none finds none', async () => {
    for (const query of ['users/?id=999999', 'profiles/?user_id=999999', 'groups/?id__in=999998,-5']) {
      expect((await world.call(world.admin.token, 'GET', `/api/${query}`)).json.count, query).toBe(0)
    }
  })
})

describe('through a relation', () => {
  it('a filter sees only what the caller could read there', async () => {
    const id = await testExtension(world, world.rival, '4711', world.rival.user)
    const { token } = world.rival.user
    const own = await world.call(token, 'GET', '/api/follow_me_destinations/?extension_id__extension=4711')
    expect(own.json.count).toBe(0)
    await world.app.prisma.followMeDestination.create({ data: { extension_id: id, destination: '1' } })
    expect(
      (await world.call(token, 'GET', '/api/follow_me_destinations/?extension_id__extension=4711')).json.count,
    ).toBe(1)
    for (const path of ['extension_id__password=pw', 'extension_id__domain_id__name=rival.example']) {
      expect((await world.call(token, 'GET', `/api/follow_me_destinations/?${path}`)).status, path).toBe(400)
    }
    // A row that hangs on another tenant's is not found by what only that tenant knows.
    await world.app.prisma.extensionUser.create({ data: { extension_id: id, user_uuid: world.acme.user.userUuid } })
    const asked = `/api/extensionuser/?user_uuid__username=${world.acme.user.username}`
    expect((await world.call(world.rival.minor.token, 'GET', asked)).json.count).toBe(0)
    expect((await world.call(world.admin.token, 'GET', asked)).json.count).toBe(1)
  })

  it('a borrowed relation can be followed like any other', async () => {
    const { json } = await world.call(world.admin.token, 'GET', '/api/users/?domain_id__name=acme.example')
    expect(json.results?.map((user: { username: string }) => user.username).sort()).toEqual([
      'minor@acme.example',
      'user@acme.example',
    ])
  })
})

const list = (query: string) => world.call(world.acme.minor.token, 'GET', `/api/extensions/?${query}`)
