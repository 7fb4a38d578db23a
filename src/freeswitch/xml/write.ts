/** XML in the form that the switch reads when it asks for it (mod_xml_curl). */
import { escapeLiteral, escapeXml } from './escape.ts'

/** Attributes in their order; one that is undefined or null is left out. */
export type Attributes = Readonly<Record<string, string | number | bigint | boolean | Expanded | null | undefined>>

/** Text in which the switch puts its own variables in place of `$${name}`; only what its administrators wrote may be. */
export interface Expanded {
  readonly expanded: string
}

export type Section = 'directory' | 'dialplan' | 'configuration' | 'languages'

/**
 * An element as text; `children` are elements already written. Without children it closes itself, as the switch needs.
 * Each stands on a line of its own, since what the switch does to texts before it parses them it does to whole lines.
 */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  let tag = `<${name}`
  for (const attribute in attributes) {
    const value = attributes[attribute]
    if (value !== undefined && value !== null) tag += ` ${attribute}="${attributeText(value)}"`
  }
  return children.length > 0 ? `${tag}>\n${children.join('\n')}\n</${name}>` : `${tag}/>`
}

const attributeText = (value: string | number | bigint | boolean | Expanded): string =>
  typeof value === 'object' ? escapeXml(value.expanded) : escapeLiteral(String(value))

/** A whole document of one section. */
export const document = (section: Section, children: readonly string[]): string =>
  `${PROLOG}${element('section', { name: section }, children)}${END}`

const PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<document type="freeswitch/xml">\n'
const END = '\n</document>\n'

/** What the switch takes for: ask elsewhere, in your own files at last. */
export const NOT_FOUND = `${PROLOG}${element('section', { name: 'result' }, [element('result', { status: 'not found' })])}${END}`
