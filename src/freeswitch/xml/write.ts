/** XML in the form that the switch reads when it asks for it (mod_xml_curl). */
import { escapeXml } from './escape.ts'

/** Attributes in their order; one that is undefined or null is left out. */
export type Attributes = Readonly<Record<string, string | number | bigint | boolean | null | undefined>>

export type Section = 'directory' | 'dialplan' | 'configuration' | 'languages'

/** An element as text; `children` are elements already written. Without children it closes itself, as the switch needs. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  let tag = `<${name}`
  for (const attribute in attributes) {
    const value = attributes[attribute]
    if (value !== undefined && value !== null) tag += ` ${attribute}="${escapeXml(String(value))}"`
  }
  return children.length > 0 ? `${tag}>${children.join('')}</${name}>` : `${tag}/>`
}

/** A whole document of one section. */
export const document = (section: Section, children: readonly string[]): string =>
  `${PROLOG}${element('section', { name: section }, children)}${END}`

const PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<document type="freeswitch/xml">\n'
const END = '\n</document>\n'

/** What the switch takes for: ask elsewhere, in your own files at last. */
export const NOT_FOUND = `${PROLOG}${element('section', { name: 'result' }, [element('result', { status: 'not found' })])}${END}`
