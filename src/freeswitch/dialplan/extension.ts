/**
 * The XML of a dialplan extension from its parts. The one place where text becomes XML of a dialplan: whatever a part
 * holds stays within its attribute.
 */
import { escapeXml } from '../xml/escape.ts'

/** What is done where a condition holds or, as an anti-action, where it does not. */
export interface Step {
  readonly application: string
  readonly data?: string
  /** Done while the dialplan is read, so that later conditions see its effect. */
  readonly inline?: true
  readonly anti?: true
}

export interface Condition {
  /** A field such as destination_number or `${variable}`; none: it always holds. */
  readonly field?: string
  /** The regular expression it is held against. */
  readonly expression?: string
  readonly break?: 'on-true' | 'on-false' | 'always' | 'never'
  /** Times of day and days (wday, minute-of-day, mon, mday, …; mod_dialplan_xml), in place of a field. */
  readonly times?: Readonly<Record<string, string>>
  /** Regular expressions of which all, any or exactly one must hold, in place of one. */
  readonly regex?: {
    readonly which: 'all' | 'any' | 'xor'
    readonly tests: readonly { readonly field: string; readonly expression: string }[]
  }
  readonly steps: readonly Step[]
}

export interface DialplanExtension {
  readonly name: string
  /** Whether later extensions are looked at after this one. */
  readonly continue: boolean
  /** The id of the dialplan's row. */
  readonly uuid: string
  readonly conditions: readonly Condition[]
}

export const set = (name: string, value: string): Step => ({ application: 'set', data: `${name}=${value}` })
export const setInline = (name: string, value: string): Step => ({ ...set(name, value), inline: true })
export const exported = (name: string, value: string): Step => ({ application: 'export', data: `${name}=${value}` })

/** The document: two blanks a level, an attribute where there is a value. */
export function dialplanXml({ name, continue: goesOn, uuid, conditions }: DialplanExtension): string {
  const head = `<extension${attributes({ name, continue: String(goesOn), uuid })}>`
  return [head, ...conditions.flatMap(conditionXml), '</extension>'].join('\n')
}

function conditionXml({ field, expression, break: stop, times, regex, steps }: Condition): string[] {
  const tests = regex?.tests.map((test) => `    <regex${attributes({ ...test })}/>`) ?? []
  // A condition on nothing has its field written all the same, as FreeSWITCH's own files have it.
  const held = times ?? (regex ? { regex: regex.which } : { field: field ?? '', expression: expression ?? '' })
  const head = `  <condition${attributes({ ...held, ...(stop && { break: stop }) })}`
  const body = [...tests, ...steps.map(stepXml)]
  return body.length > 0 ? [`${head}>`, ...body, '  </condition>'] : [`${head}/>`]
}

function stepXml({ application, data = '', inline, anti }: Step): string {
  const tag = anti ? 'anti-action' : 'action'
  return `    <${tag}${attributes({ application, data, ...(inline && { inline: 'true' }) })}/>`
}

const attributes = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('')
