/** What is written for the switch says the same after the switch has gone through it as text, and parsed it. */
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { expect, test } from 'vitest'
import { document, element } from '../../../src/freeswitch/xml/write.ts'

/** What a switch does to the lines of an answer before it parses them (its preprocess and expand_vars). */
function preprocessed(text: string): string {
  const lines = text.split('\n').filter((line) => !/<\/?include>|<\?|x-pre-process/i.test(line))
  return lines.map((line) => line.replace(/\$\$\{([^}]*)\}/g, (_all, name) => GLOBALS[name] ?? '')).join('\n')
}
const GLOBALS: Readonly<Record<string, string>> = { sounds_dir: '/sounds', default_password: 'secret' }

interface Seen {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

function parsed(xml: string): Seen[] {
  const seen: Seen[] = []
  const parser = new SaxesParser({ xmlns: false })
  parser.on('opentag', ({ name, attributes }) => seen.push({ name, attributes: { ...attributes } }))
  parser.write(xml).close()
  return seen
}

/** Text as people write it, and the pieces that mean something to the switch. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('$${default_password}', '$', '{', '}', '"', '<', '/>', '\n', '<!--#', '-->', '<?', '<include>'),
  fc.constantFrom('X-PRE-PROCESS', '<X-pre-process cmd="exec" data="id"/>', 'x-PRE-process', ']]>', '&amp;', '&#36;'),
)
const anyText = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

test('nothing that a text holds breaks out of its attribute, is expanded, or costs the line it is in', () => {
  fc.assert(
    fc.property(anyText, anyText, (value, other) => {
      const children = [element('param', { name: 'a', value }), element('param', { name: other })]
      const seen = parsed(preprocessed(document('configuration', children)))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
      const held = (text: string) => text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
      expect(seen.map(({ name }) => name)).toEqual(['document', 'section', 'param', 'param'])
      expect(seen[2]!.attributes).toEqual({ name: 'a', value: held(value) })
      expect(seen[3]!.attributes).toEqual({ name: held(other) })
    }),
    { numRuns: 500 },
  )
})

test("what the switch's administrators wrote is expanded where that is meant", () => {
  const path = element('directory', { path: { expanded: '$${sounds_dir}/<music>' }, name: '$${sounds_dir}' })
  const [, , seen] = parsed(preprocessed(document('configuration', [path])))
  expect(seen!.attributes).toEqual({ path: '/sounds/<music>', name: '$${sounds_dir}' })
})
