/**
 * XML into a tree, in the shape of xmltodict, which is what clients of the original know: attributes as `@name`,
 * repeated elements as arrays, an empty element as null, text beside anything else as `#text`. The parser is strict and
 * knows no entities but XML's own five; of those measured it was also the fastest.
 */
import { SaxesParser } from 'saxes'
import { addAttribute, addChild, contentOf, type Element, elementOf, ROOT } from './element.ts'
import { checkCount, checkDepth } from './limits.ts'
import { readPlainXml } from './plain-xml.ts'
import type { RecordValue } from './shape.ts'
import { UnreadableRecord } from './unreadable.ts'

/** The content of the `cdr` element. */
export function parseXml(text: string): RecordValue {
  return readPlainXml(text) ?? parseAnyXml(text)
}

/** The same by the parser alone. */
export function parseAnyXml(text: string): RecordValue {
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  const builder = new Builder()
  parser.on('doctype', () => {
    throw new UnreadableRecord('The call record has a DOCTYPE, which is not taken.')
  })
  parser.on('attribute', () => builder.count())
  parser.on('opentag', ({ name, attributes }) => builder.open(name, attributes))
  parser.on('text', (piece) => builder.write(piece))
  parser.on('cdata', (piece) => builder.write(piece))
  parser.on('closetag', () => builder.close())
  try {
    parser.write(text).close()
  } catch (error) {
    throw error instanceof UnreadableRecord ? error : illFormed(error)
  }
  return builder.root
}

const LONGEST_REASON = 200

/** The parser's reason has the line and column, and may quote a name of any length. */
function illFormed(error: unknown): UnreadableRecord {
  const reason = error instanceof Error ? error.message.slice(0, LONGEST_REASON).replace(/\.+$/, '') : String(error)
  return new UnreadableRecord(`The call record is not well-formed XML (${reason}).`)
}

class Builder {
  root: RecordValue = null
  private readonly opened: Element[] = []
  private counted = 0

  count(): void {
    this.counted += 1
    checkCount(this.counted)
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.opened.length === 0 && name !== ROOT) {
      throw new UnreadableRecord(`The XML is no call record: its root is not <${ROOT}>.`)
    }
    const element = elementOf(name)
    for (const attribute in attributes) addAttribute(element, attribute, attributes[attribute]!)
    this.opened.push(element)
    this.count()
    checkDepth(this.opened.length)
  }

  write(piece: string): void {
    const element = this.opened.at(-1)
    if (element) element.text += piece
  }

  close(): void {
    const element = this.opened.pop()!
    const value = contentOf(element)
    const parent = this.opened.at(-1)
    if (parent) addChild(parent, element.name, value)
    else this.root = value
  }
}
