/** Pictures: well-formed, told in words, legible on both grounds, and nothing but a picture whatever they are given. */
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { plain, SHADES } from '../../../src/modules/cdr/picture.ts'
import { drawStatistics } from '../../../src/modules/cdr/statistics/picture.ts'
import type { Statistics } from '../../../src/modules/cdr/statistics/summary.ts'
import { drawStory } from '../../../src/modules/cdr/story/picture.ts'
import { STEP_TYPES, type Story } from '../../../src/modules/cdr/story/shape.ts'

const LEG = '00000000-0000-4000-8000-00000000000a'
const OTHER = '00000000-0000-4000-8000-00000000000b'

const statistics = (changes: Partial<Statistics> = {}): Statistics => ({
  scope: 'domain',
  domain: 'acme.example',
  extension: null,
  hours: 24,
  from: '2026-11-23T09:00:00Z',
  to: '2026-11-24T09:00:00Z',
  total_calls: 5,
  answered_calls: 3,
  missed_calls: 1,
  average_ring_time: 7.4,
  max_ring_time: 20,
  average_call_duration: 61.5,
  max_call_duration: 120,
  hourly: Array.from({ length: 24 }, (_, hour) =>
    hour === 9
      ? { hour, total: 5, answered: 3, missed: 1, minutes: 3.1 }
      : { hour, total: 0, answered: 0, missed: 0, minutes: 0 },
  ),
  ...changes,
})

function story(names: readonly string[], steps: Partial<Story['steps'][number]>[]): Story {
  const leg = (uuid: string, name?: string) => ({ uuid, name: name ?? null, number: name ?? null })
  return {
    call_uuid: LEG,
    started: '2026-11-24T09:00:00Z',
    answered: null,
    ended: null,
    duration: null,
    legs: [LEG, OTHER].map((uuid, index) => ({ ...leg(uuid, names[index]), direction: 'inbound', channel: null })),
    steps: steps.map((step) => ({
      at: '2026-11-24T09:00:00Z',
      offset: 0,
      duration: null,
      leg: LEG,
      other_leg: OTHER,
      type: 'talked',
      text: 'x',
      ...step,
    })),
  }
}

interface Parsed {
  readonly texts: string[]
  readonly names: Set<string>
  readonly attributes: Record<string, string>[]
  readonly root: Record<string, string>
}

/** The document as a strict parser reads it. */
function parsed(svg: string): Parsed {
  const result = { texts: [] as string[], names: new Set<string>(), attributes: [] as Record<string, string>[] }
  const parser = new SaxesParser()
  let open = ''
  parser.on('opentag', ({ name, attributes }) => {
    open = name
    result.names.add(name)
    result.attributes.push(attributes as Record<string, string>)
  })
  parser.on('text', (text) => {
    if (text.trim() && open !== 'style') result.texts.push(text)
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(svg).close()
  return { ...result, root: result.attributes[0]! }
}

describe('a picture of statistics', () => {
  test('has a title, axes and a legend, and says its numbers in words', async () => {
    const { texts, root, attributes } = parsed(await drawStatistics(statistics(), 'Europe/Berlin'))
    expect(root).toMatchObject({ role: 'img', 'aria-labelledby': 'picture-title picture-desc', width: '960' })
    expect(attributes.flatMap(({ id }) => id ?? [])).toEqual(['picture-title', 'picture-desc'])
    const [title, description, ...shown] = texts
    expect(title).toBe('Calls by hour of the day')
    expect(description).toBe(
      'acme.example, 24 hours until 2026-11-24 09:00 UTC: 5 calls, 3 answered, 1 missed. ' +
        'Ringing took 7.4 s on average, 20 s at most. Answered calls lasted 61.5 s on average, 120 s at most. ' +
        "By hour of the day (Europe/Berlin): 9 o'clock 5 calls, 3 answered, 1 missed, 3.1 minutes.",
    )
    expect(shown).toEqual(expect.arrayContaining(['answered', 'missed', 'other', 'Calls', '0', '23']))
    expect(shown).toContain('Hour of the day (Europe/Berlin)')
  })

  test('says whose calls, and that there were none', async () => {
    const description = async (changes: Partial<Statistics>) =>
      parsed(await drawStatistics(statistics(changes), 'UTC')).texts[1]
    const none = statistics().hourly.map(({ hour }) => ({ hour, total: 0, answered: 0, missed: 0, minutes: 0 }))
    expect(await description({ hourly: none, total_calls: 0 })).toMatch(/No calls\.$/)
    expect(await description({ scope: 'extn', extension: '1001' })).toMatch(
      /^Extension 1001 of acme\.example, 24 hours/,
    )
    expect(await description({ scope: 'extn' })).toMatch(/^Own extensions of acme\.example,/)
    expect(await description({ scope: 'all', domain: null, hours: 1 })).toMatch(/^All domains, the hour until/)
  })
})

describe('a picture of a story', () => {
  test('has a lane for each leg, and says its steps in words', async () => {
    const steps = [
      { type: 'ringing', duration: 8, other_leg: null, text: '1002 rang for 8 s' },
      { offset: 8, duration: 60, text: '1001 and 1002 talked for 1 min' },
      { type: 'hung_up', offset: 68, text: '1001 hung up' },
    ] as const
    const { texts } = parsed(await drawStory({ ...story(['1001', '1002'], [...steps]), duration: 68 }))
    expect(texts.slice(0, 2)).toEqual([
      'Call of 2026-11-24, 09:00:00 UTC',
      '0 s: 1002 rang for 8 s. 8 s: 1001 and 1002 talked for 1 min. 68 s: 1001 hung up.',
    ])
    expect(texts).toEqual(
      expect.arrayContaining(['1  1001', '2  1002', 'ringing', 'talking', 'on hold', '8 s', '0:10']),
    )
    expect(texts.filter((text) => text === '1 min')).toHaveLength(2)
  })
})

describe('any picture', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><image href="//x"/>',
      ']]>',
      '{a|b}',
      '{value}',
      '\u0000\u0007\u202e',
      '&amp;',
    ),
  )

  test('is well-formed and nothing but a picture, whoever is called what', async () => {
    const step = fc.record({
      type: fc.constantFrom(...STEP_TYPES),
      offset: fc.integer({ min: 0, max: 100_000 }),
      duration: fc.option(fc.integer({ min: 0, max: 100_000 })),
      text,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 2 }), fc.array(step, { maxLength: 10 }), async (names, steps) => {
        const calls = await drawStatistics(statistics({ domain: names[0] ?? null, extension: names[1] ?? null }), 'UTC')
        for (const svg of [await drawStory(story(names, steps)), calls]) {
          const { names: elements, attributes } = parsed(svg)
          const known = ['svg', 'title', 'desc', 'style', 'rect', 'path', 'polygon', 'text', 'g', 'defs', 'clipPath']
          expect([...elements].filter((name) => !known.includes(name))).toEqual([])
          expect(attributes.flatMap(Object.keys).filter((name) => /^on|href/.test(name))).toEqual([])
          expect(svg).not.toMatch(/<style [^>]|@import|url\((?!#)/)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('changes every colour it has for a dark ground', async () => {
    const svg = await drawStatistics(statistics(), 'UTC')
    const lights = Object.values(SHADES).map(({ light }): string => light)
    const used = new Set([...svg.matchAll(/ (?:fill|stroke)="(#[^"]*)"/g)].map(([, color]) => color!))
    expect([...used].filter((color) => !lights.includes(color))).toEqual([])
    expect(svg).toContain(`@media (prefers-color-scheme:dark){[fill="#ffffff"]{fill:${SHADES.ground.dark}}`)
    expect(new Set(lights).size).toBe(lights.length)
  })

  test('is legible on light ground and on dark', () => {
    for (const ground of ['light', 'dark'] as const) {
      const against = (name: keyof typeof SHADES, other: keyof typeof SHADES) =>
        contrast(SHADES[name][ground], SHADES[other][ground])
      for (const name of ['text', 'quiet'] as const) expect(against(name, 'ground')).toBeGreaterThan(7)
      for (const name of ['green', 'orange', 'grey', 'violet'] as const) {
        expect(against(name, 'ground')).toBeGreaterThan(3)
        expect(against(name, 'onBar')).toBeGreaterThan(4.5)
      }
      expect(against('axis', 'ground')).toBeGreaterThan(3)
    }
  })

  test('shows text in one line, cut where it is too long', () => {
    expect(plain('  a\n\tb\u0000c\u202e  ')).toBe('a b c')
    expect(plain('😀'.repeat(9), 5)).toBe('😀😀😀😀…')
    expect(plain('\ud800')).toBe('\ufffd')
  })
})

/** The contrast ratio of WCAG 2. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
