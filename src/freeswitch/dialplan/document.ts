/**
 * The XML of a dialplan as a client writes it: one extension of conditions and what they do. The switch puts the texts
 * of many tenants into one document, so that each must hold to itself.
 */
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { escapeXml } from '../xml/escape.ts'
import { patternError } from './patterns.ts'
import { expansionReach, hostReach } from './safety.ts'

/** What an extension says of itself. */
export interface Head {
  readonly name?: string
  /** Whether later extensions are looked at after this one. */
  readonly continue?: boolean
  readonly uuid?: string
}

export interface DocumentRead {
  /** What is wrong with it, each with its line; none: it can be stored. */
  readonly errors: readonly string[]
  readonly head: Head
}

/** Reads a dialplan. `trusted` says whether its applications may reach the host of the switch. */
export function readDocument(xml: string, { trusted }: { readonly trusted: boolean }): DocumentRead {
  const { errors, head } = new Reader(xml, trusted).read()
  return { errors, head }
}

/** The document with this head and nothing before it. Only for documents without errors. */
export function withHead(xml: string, head: Required<Head>): string {
  const { end, selfClosing } = new Reader(xml, true).read()
  const attributes = [
    ['name', head.name],
    ['continue', String(head.continue)],
    ['uuid', head.uuid],
  ].map(([name, value]) => ` ${name}="${escapeXml(value!)}"`)
  return `<extension${attributes.join('')}${selfClosing ? '/>' : '>'}${xml.slice(end)}`
}

export const LONGEST_DOCUMENT = 131_072
const DEEPEST = 16
const MOST_ELEMENTS = 2000
const MOST_ERRORS = 20

/** Attributes of times and days, for conditions and regular expressions (switch_xml_std_datetime_check). */
export const TIMES: ReadonlySet<string> = new Set([
  ...['year', 'yday', 'mon', 'mday', 'week', 'mweek', 'wday', 'hour', 'minute', 'minute-of-day', 'time-of-day'],
  ...['date-time', 'tz-offset', 'dst'],
])

interface Kind {
  readonly within: readonly string[]
  readonly attributes: ReadonlySet<string>
  /** Whether it may hold text. */
  readonly text?: true
}

const STEP: Kind = {
  within: ['condition'],
  attributes: new Set(['application', 'data', 'inline', 'loop']),
  text: true,
}
const KINDS: Readonly<Record<string, Kind>> = {
  extension: { within: [''], attributes: new Set(['name', 'continue', 'uuid']) },
  condition: {
    within: ['extension', 'condition'],
    attributes: new Set(['field', 'expression', 'break', 'regex', 'require-nested', ...TIMES]),
  },
  regex: { within: ['condition'], attributes: new Set(['field', 'expression', ...TIMES]) },
  expression: { within: ['condition', 'regex'], attributes: new Set(), text: true },
  action: STEP,
  'anti-action': STEP,
}

const BOOLEAN = ['true', 'false']
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  continue: BOOLEAN,
  break: ['on-true', 'on-false', 'always', 'never'],
  regex: ['all', 'any', 'xor'],
  'require-nested': BOOLEAN,
  inline: ['', ...BOOLEAN],
}

interface Element {
  readonly name: string
  readonly line: number
  readonly attributes: Readonly<Record<string, string>>
  text: string
}

class Reader {
  readonly errors: string[] = []
  head: Head = {}
  /** Where the tag of the extension ends. */
  end = 0
  selfClosing = false
  private readonly xml: string
  private readonly trusted: boolean
  private readonly opened: Element[] = []
  private readonly parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  private count = 0
  private line = 1

  constructor(xml: string, trusted: boolean) {
    this.xml = xml
    this.trusted = trusted
  }

  read(): this {
    if (this.xml.length > LONGEST_DOCUMENT) {
      this.errors.push(`A dialplan has at most ${LONGEST_DOCUMENT} characters.`)
      return this
    }
    this.refusePreprocessing()
    const { parser } = this
    parser.on('doctype', () => {
      throw new Refused(`${this.at(parser.line)}a DOCTYPE is not taken.`)
    })
    parser.on('processinginstruction', ({ target }) => {
      throw new Refused(`${this.at(parser.line)}the processing instruction ${target} is not taken.`)
    })
    parser.on('opentagstart', () => {
      this.line = parser.line
    })
    parser.on('opentag', (tag) => this.open(tag))
    parser.on('text', (text) => this.write(text))
    parser.on('cdata', (text) => this.write(text))
    parser.on('closetag', () => this.close())
    try {
      parser.write(this.xml).close()
    } catch (error) {
      this.errors.push(error instanceof Refused ? error.message : illFormed(error as Error))
    }
    return this
  }

  /** The switch looks for directives in each line of text, whether it is XML or not. */
  private refusePreprocessing(): void {
    this.xml.split('\n').forEach((line, index) => {
      if (/x-pre-process/i.test(line) || line.includes('<!--#')) {
        this.errors.push(`${this.at(index + 1)}directives of the preprocessor (X-PRE-PROCESS) are not taken.`)
      }
    })
  }

  private open(tag: SaxesTagPlain): void {
    const { name, attributes } = tag
    const parent = this.opened.at(-1)
    this.count += 1
    if (this.count > MOST_ELEMENTS) throw new Refused(`A dialplan has at most ${MOST_ELEMENTS} elements.`)
    if (this.opened.length >= DEEPEST) {
      throw new Refused(`${this.at(this.line)}elements are nested at most ${DEEPEST} deep.`)
    }
    if (!parent && name !== 'extension') {
      throw new Refused(`${this.at(this.line)}a dialplan is one <extension> element, this is <${name}>.`)
    }
    const element: Element = { name, line: this.line, attributes, text: '' }
    this.opened.push(element)
    if (!parent) this.readHead(tag)
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
    if (!kind?.within.includes(parent?.name ?? '')) {
      this.wrong(element, `<${name}> may not stand within <${parent?.name}>.`)
    }
    for (const [attribute, value] of Object.entries(attributes)) {
      const choices = CHOICES[attribute]
      if (kind && !kind.attributes.has(attribute)) this.wrong(element, `<${name}> has no attribute ${attribute}.`)
      else if (choices && !choices.includes(value.toLowerCase())) {
        this.wrong(element, `${attribute} is one of ${choices.filter((choice) => choice !== '').join(', ')}.`)
      }
    }
  }

  private readHead({ attributes, isSelfClosing }: SaxesTagPlain): void {
    this.selfClosing = isSelfClosing
    // The parser has read up to the end of the tag.
    this.end = this.parser.position
    const { name, continue: goesOn, uuid } = attributes
    this.head = {
      ...(name !== undefined && { name }),
      ...(goesOn !== undefined && { continue: goesOn.toLowerCase() === 'true' }),
      ...(uuid !== undefined && { uuid }),
    }
  }

  private write(text: string): void {
    const element = this.opened.at(-1)
    if (!element) return
    element.text += text
    if (text.trim() !== '' && !KINDS[element.name]?.text) this.wrong(element, `<${element.name}> may not hold text.`)
  }

  private close(): void {
    const element = this.opened.pop()!
    const { name, attributes } = element
    if (name === 'action' || name === 'anti-action') this.checkStep(element)
    if (name === 'expression') this.checkText(element, element.text, true)
    if (name === 'condition' || name === 'regex') {
      this.checkText(element, attributes.field ?? '', false)
      this.checkText(element, attributes.expression ?? '', true)
    }
  }

  private checkStep(element: Element): void {
    const { application = '', data = '', loop } = element.attributes
    if (application.trim() === '') this.wrong(element, `<${element.name}> needs an application.`)
    if (loop !== undefined && !/^\d{1,3}$/.test(loop)) this.wrong(element, 'loop is a number of at most 3 digits.')
    if (element.text !== '' && data !== '') {
      this.wrong(element, `<${element.name}> has its data as an attribute or as text, not both.`)
    }
    if (this.trusted) return
    const reach = hostReach(application, element.text || data)
    if (reach) this.wrong(element, `${reach} ${ADMINISTRATORS_ONLY}`)
  }

  /** A field or a pattern: the switch expands both before it uses them. */
  private checkText(element: Element, text: string, isPattern: boolean): void {
    const error = isPattern ? patternError(text) : undefined
    if (error) this.wrong(element, `the regular expression is wrong: ${error}`)
    const reach = this.trusted ? undefined : expansionReach(text)
    if (reach) this.wrong(element, `${reach} ${ADMINISTRATORS_ONLY}`)
  }

  private wrong({ line }: Element, sentence: string): void {
    if (this.errors.length < MOST_ERRORS) this.errors.push(`${this.at(line)}${sentence}`)
  }

  private at(line: number): string {
    return `Line ${line}: `
  }
}

/** Why a sentence of what reaches the host is an error. */
export const ADMINISTRATORS_ONLY = 'Only administrators of the whole system may have it.'

class Refused extends Error {}

const LONGEST_REASON = 200

/** The parser's reason begins with its line and column. */
function illFormed({ message }: Error): string {
  const [, line, reason = message] = /^(\d+):\d+: ([\s\S]*)$/.exec(message) ?? []
  return `${line ? `Line ${line}: ` : ''}not well-formed XML (${reason.slice(0, LONGEST_REASON).replace(/\.+$/, '')}).`
}
