/** An element of a record in XML, while it is read; what it comes to has the shape of xmltodict. */
import type { RecordValue } from './shape.ts'

export interface Element {
  readonly name: string
  /** Attributes and children; without a prototype, so no name in a record is more than a name. */
  readonly content: Record<string, RecordValue>
  hasContent: boolean
  text: string
}

export const ROOT = 'cdr'

export function elementOf(name: string): Element {
  return { name, content: Object.create(null), hasContent: false, text: '' }
}

export function addAttribute(element: Element, name: string, value: string): void {
  element.content[`@${name}`] = value
  element.hasContent = true
}

export function addChild(parent: Element, name: string, value: RecordValue): void {
  const { content } = parent
  const present = content[name]
  if (present === undefined) content[name] = value
  else if (Array.isArray(present)) present.push(value)
  else content[name] = [present, value]
  parent.hasContent = true
}

export function contentOf({ content, hasContent, text }: Element): RecordValue {
  const trimmed = text.trim()
  if (!hasContent) return trimmed === '' ? null : trimmed
  if (trimmed !== '') content['#text'] = trimmed
  return content
}
