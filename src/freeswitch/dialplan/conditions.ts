/**
 * Conditions and what they do, read from XML that people wrote. Only what mod_dialplan_xml knows is taken, so that
 * nothing is kept that the switch would pass over.
 */
import { SaxesParser } from 'saxes'
import { TIMES } from './document.ts'
import type { Condition, Step } from './extension.ts'

/** The conditions of a text that holds conditions, alone or within one element (`settings`, `extension`), or what is wrong with it. */
export function readConditions(text: string): Condition[] | { error: string } {
  if (text.length > LONGEST) return { error: `May not have more than ${LONGEST} characters.` }
  const reader = new Reader()
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  parser.on('error', ({ message }) => {
    throw new Unreadable(`Not well-formed XML: ${message.slice(0, 200)}.`)
  })
  parser.on('doctype', () => {
    throw new Unreadable('A DOCTYPE is not taken.')
  })
  parser.on('opentag', ({ name, attributes }) => reader.open(name, attributes as Attributes))
  parser.on('closetag', ({ name }) => reader.close(name))
  parser.on('text', (piece) => reader.write(piece))
  parser.on('cdata', (piece) => reader.write(piece))
  try {
    // The root that a bare list of conditions lacks.
    parser.write(`<${ROOT}>${text.replace(/^\ufeff?\s*<\?xml[^>]*\?>/, '')}</${ROOT}>`).close()
    return reader.conditions
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message }
    throw error
  }
}

type Attributes = Readonly<Record<string, string>>

const ROOT = 'conditions'
const LONGEST = 100_000
const MOST = 500

class Unreadable extends Error {}

/** A condition while it is read. */
interface Open {
  readonly attributes: Attributes
  readonly steps: Step[]
  readonly tests: { readonly field: string; readonly expression: string }[]
}

class Reader {
  readonly conditions: Condition[] = []
  private readonly path: string[] = []
  private condition: Open | undefined
  private count = 0

  open(name: string, attributes: Attributes): void {
    const parent = this.path.at(-1)
    this.path.push(name)
    if (++this.count > MOST) throw new Unreadable(`May not have more than ${MOST} elements.`)
    if (parent === undefined || (parent === ROOT && WRAPPERS.has(name) && this.count === 2)) return
    if (parent === 'condition') this.within(name, attributes)
    else if (name === 'condition' && (parent === ROOT || WRAPPERS.has(parent))) {
      known('condition', attributes, CONDITION)
      this.condition = { attributes, steps: [], tests: [] }
    } else throw new Unreadable(`The element ${shown(name)} is not taken there: write conditions with actions in them.`)
  }

  close(name: string): void {
    this.path.pop()
    if (name !== 'condition' || !this.condition) return
    this.conditions.push(conditionOf(this.condition))
    this.condition = undefined
  }

  write(piece: string): void {
    if (piece.trim() !== '') throw new Unreadable(`Text between elements is not taken: ${shown(piece.trim())}.`)
  }

  private within(name: string, attributes: Attributes): void {
    const { steps, tests } = this.condition!
    if (name === 'action' || name === 'anti-action') {
      known(name, attributes, ACTION)
      const { application = '', data = '', inline } = attributes
      if (application === '') throw new Unreadable(`An element ${name} has no application.`)
      if (inline !== undefined && !['true', 'false'].includes(inline)) throw new Unreadable('inline is true or false.')
      const step: Step = { application, data }
      steps.push({
        ...step,
        ...(inline === 'true' && { inline: true as const }),
        ...(name === 'anti-action' && { anti: true as const }),
      })
    } else if (name === 'regex') {
      known(name, attributes, REGEX)
      tests.push({ field: attributes.field ?? '', expression: attributes.expression ?? '' })
    } else throw new Unreadable(`The element ${shown(name)} is not taken in a condition.`)
  }
}

function conditionOf({ attributes, steps, tests }: Open): Condition {
  const { field, expression, break: stop, regex } = attributes
  const times = Object.fromEntries(Object.entries(attributes).filter(([name]) => TIMES.has(name)))
  const kinds = [Object.keys(times).length > 0, regex !== undefined, field !== undefined || expression !== undefined]
  if (kinds.filter(Boolean).length > 1) {
    throw new Unreadable('A condition is on a field, on times or on several regular expressions: write one for each.')
  }
  if (stop !== undefined && !isBreak(stop)) throw new Unreadable(`break is ${BREAKS.join(', ')}.`)
  const rest = { ...(stop !== undefined && { break: stop }), steps }
  if (kinds[0]) return { times, ...rest }
  if (regex === undefined && tests.length === 0) return { field: field ?? '', expression: expression ?? '', ...rest }
  if (!isWhich(regex) || tests.length === 0) {
    throw new Unreadable('A condition with regex elements has the attribute regex: all, any or xor.')
  }
  return { regex: { which: regex, tests }, ...rest }
}

const BREAKS = ['on-true', 'on-false', 'always', 'never'] as const
const isBreak = (text: string): text is (typeof BREAKS)[number] => (BREAKS as readonly string[]).includes(text)
const isWhich = (text: string | undefined): text is 'all' | 'any' | 'xor' => ['all', 'any', 'xor'].includes(text ?? '')

const WRAPPERS: ReadonlySet<string> = new Set(['settings', 'extension'])
const CONDITION: ReadonlySet<string> = new Set(['field', 'expression', 'break', 'regex', ...TIMES])
const ACTION: ReadonlySet<string> = new Set(['application', 'data', 'inline'])
const REGEX: ReadonlySet<string> = new Set(['field', 'expression'])

function known(name: string, attributes: Attributes, names: ReadonlySet<string>): void {
  const other = Object.keys(attributes).find((one) => !names.has(one))
  if (other !== undefined) throw new Unreadable(`The element ${name} has no attribute ${shown(other)}.`)
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 40))
