/** What the engine is defined with: annotations, identifiers, preferences, and mistakes that stop the start. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everything } from '../../src/rest/access.ts'
import { readAnnotations } from '../../src/rest/model/annotations.ts'
import { allModels, columnAt, modelOf } from '../../src/rest/model/model.ts'
import { applied, readPreferences } from '../../src/rest/prefer.ts'
import { Registry } from '../../src/rest/registry.ts'
import { type Resource, resource } from '../../src/rest/resource.ts'
import { identifier } from '../../src/rest/sql.ts'

describe('annotations', () => {
  const word = fc.stringMatching(/^[^"\\@]{0,12}$/)

  it('give back what was written, with the rest as description', () => {
    const parts = fc.record({
      choices: fc.option(fc.array(word, { minLength: 1, maxLength: 4 }), { nil: undefined }),
      digits: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
      min: fc.option(fc.integer(), { nil: undefined }),
      label: fc.option(word, { nil: undefined }),
      taken: fc.option(word, { nil: undefined }),
      secret: fc.option(fc.constant(true as const), { nil: undefined }),
      description: fc.option(fc.stringMatching(/^[A-Z][a-z ,()]{0,20}[a-z.]$/), { nil: undefined }),
    })
    fc.assert(
      fc.property(parts, ({ choices, digits, min, label, taken, secret, description }) => {
        const comment = [
          choices && `@choices(${choices.map((one) => JSON.stringify(one)).join(', ')})`,
          description,
          digits !== undefined && `@digits(${digits})`,
          min !== undefined && `@min(${min})`,
          label !== undefined && `@label(${JSON.stringify(label)})`,
          taken !== undefined && `@taken(${JSON.stringify(taken)})`,
          secret && '@secret',
        ].filter(Boolean)
        const expected = { choices, digits, min, label, taken, secret, description }
        const given = Object.fromEntries(Object.entries(expected).filter(([, one]) => one !== undefined))
        expect(readAnnotations(comment.join(' '), 'M.c')).toEqual(given)
      }),
    )
  })

  it.each([
    ['@digits', 'M.c: the annotation @digits takes one value'],
    ['@digits("3")', 'takes one value'],
    ['@digits(1, 2)', 'takes one value'],
    ['@digits(x)', 'unreadable argument'],
    ['@choices()', 'takes strings'],
    ['@choices(1)', 'takes strings'],
    ['@secret(1)', 'takes no argument'],
    ['@sercet', 'is unknown'],
    ['@constructor', 'is unknown'],
  ])('%s stops the start: %s', (comment, message) => {
    expect(() => readAnnotations(comment, 'M.c')).toThrow(message)
  })
})

describe('identifiers', () => {
  it('are the names of the schema, all of them', () => {
    for (const model of allModels()) {
      expect(identifier(model.table)).toBe(`"${model.table}"`)
      for (const name of model.columns.keys()) expect(identifier(name)).toBe(`"${name}"`)
    }
  })

  it('are nothing that could end an identifier', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', '"', "'", ';', ' ', '-', '.') })),
        (name) => {
          if (!/^[a-z_][a-z0-9_]*$/.test(name)) expect(() => identifier(name)).toThrow('cannot be an identifier')
        },
      ),
    )
    for (const name of ['a"', 'a b', 'A', '1a', '', 'a\n', 'é', 'a;--']) expect(() => identifier(name)).toThrow()
  })
})

describe('Prefer', () => {
  it.each([
    [undefined, false, true],
    ['handling=strict', true, true],
    ['HANDLING = "Strict"', true, true],
    ['count=none', false, false],
    ['respond-async, handling=strict; foo=bar, count=none', true, false],
    ['handling=lenient, count=exact', false, true],
    ['xhandling=strict', false, true],
    ['', false, true],
  ])('%j', (header, strict, count) => {
    expect(readPreferences(header)).toEqual({ strict, count })
  })

  it('can say anything, and only what was applied is told', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('handling=strict', 'count=none', 'wait=5'))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const said = applied(readPreferences(parts.join(',')))
        expect([undefined, 'handling=strict', 'count=none', 'handling=strict, count=none']).toContain(said)
      }),
    )
  })
})

describe('a mistake in a resource stops the start and names the place', () => {
  const good = { path: 'things', order: ['name'], search: ['name'], access: { admin_api: everything } } as const
  const wrong = (changes: object) => () => new Registry('UTC').add({ model: 'Bridge', ...good, ...changes } as Resource)

  it.each<[string, object]>([
    ['resource things: Bridge has no column nosuch', { order: ['nosuch'] }],
    ['resource things: Bridge has no column nosuch', { search: ['nosuch'] }],
    ['resource things: Bridge has no column nosuch', { hidden: ['nosuch'] }],
    ['resource things: Bridge has no column nosuch', { where: { nosuch: 1 } }],
    ['resource things: lookedUp names name, which is no relation', { lookedUp: ['name'] }],
    ['resource things: Bridge has no relation nosuch (in the path nosuch__name)', { search: ['nosuch__name'] }],
    ['resource things: there is no model Nosuch in prisma/schema', { model: 'Nosuch' }],
    [
      'resource things: search names password, which is secret',
      { model: 'Extension', order: [], search: ['password'] },
    ],
    [
      'resource things: nosuch is required, read-only, write-only or create-only, but no field',
      { createOnly: ['nosuch'] },
    ],
    ['resource things: name is not a column one relation away', { fill: { description: 'name' } }],
    [
      'resource things: extension_id__domain_id__name is not a column one relation away',
      { model: 'FollowMeDestination', order: [], search: [], fill: { destination: 'extension_id__domain_id__name' } },
    ],
    ['resource things: no role has access', { access: {} }],
    [
      'resource things: the access of admin_api names nosuch, which is no field',
      { access: { admin_api: { ...everything, changes: ['nosuch'] } } },
    ],
    [
      'resource things: Bridge has no column nosuch',
      { access: { admin_api: { rights: { list: () => [{ path: 'nosuch', lookup: 'exact', value: 1 }] } } } },
    ],
    ['resource a/b: the path "a/b" is not lower-case letters, digits or _', { path: 'a/b' }],
  ])('%s', (message, changes) => {
    expect(wrong(changes)).toThrow(message)
  })

  it('and two of one path do', () => {
    const registry = new Registry('UTC')
    registry.add(resource('Bridge', good))
    expect(() => registry.add(resource('Bridge', good))).toThrow('resource things: there is another')
  })

  it('while a path over relations ends at a column', () => {
    expect(columnAt(modelOf('FollowMeDestination'), 'extension_id__domain_id__name').maxLength).toBe(128)
  })
})
