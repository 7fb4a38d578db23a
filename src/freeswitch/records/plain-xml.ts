/**
 * XML as FreeSWITCH writes it, read in one pass: elements, attributes, text, references to characters. It refuses
 * nothing: whatever else XML can be, and what is not well-formed, is left to the parser, which takes five times as long.
 */
import { addAttribute, addChild, contentOf, type Element, elementOf, ROOT } from './element.ts'
import { DEEPEST, MOST } from './limits.ts'
import { hashed, nameIn } from './names.ts'
import type { RecordValue } from './shape.ts'

/** The content of the `cdr` element, as the parser would give it; undefined where the parser has to be asked. */
export function readPlainXml(text: string): RecordValue | undefined {
  return ODD.test(text) ? undefined : new Reader(text).read()
}

/** Characters that XML does not take or takes for others, and what text may not have in it. */
const ODD = /[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|\]\]>/u
const PROLOG = /(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?\?>)?[ \t\n]*/y
const ATTRIBUTE = /[ \t\n]+([A-Za-z_:][\w:.-]*)=(?:"([^"<\t\n]*)"|'([^'<\t\n]*)')/y
const END_OF_TAG = /[ \t\n]*(\/?)>/y
const END = /[ \t\n]*$/y
const [SLASH, GREATER] = [0x2f, 0x3e]

/** By character, of names in ASCII: 2 for what may begin one, 1 for what may only follow. */
const IN_NAMES = new Uint8Array(0x80)
for (const one of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:') IN_NAMES[one.charCodeAt(0)] = 2
for (const one of '0123456789.-') IN_NAMES[one.charCodeAt(0)] = 1

class Reader {
  private readonly text: string
  private at = 0
  private counted = 0
  /** Around the root, which is the first of them, stands one more. */
  private readonly opened = [elementOf('')]

  constructor(text: string) {
    this.text = text
  }

  read(): RecordValue | undefined {
    const { opened, text } = this
    this.match(PROLOG)
    if (!text.startsWith('<', this.at) || !this.open(opened[0]!, this.at)) return undefined
    while (opened.length > 1) {
      const element = opened.at(-1)!
      const bracket = text.indexOf('<', this.at)
      if (bracket === -1 || !this.write(element, bracket)) return undefined
      if (text.charCodeAt(bracket + 1) !== SLASH) {
        if (!this.open(element, bracket)) return undefined
      } else {
        if (!this.close(element.name, bracket)) return undefined
        opened.pop()
        addChild(opened.at(-1)!, element.name, contentOf(element))
      }
    }
    return this.match(END) ? opened[0]!.content[ROOT] : undefined
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found) this.at = pattern.lastIndex
    return found
  }

  /** Each of these is false where what stands there is not plain. */
  private write(element: Element, end: number): boolean {
    const piece = decoded(this.text.slice(this.at, end))
    if (piece === undefined) return false
    // Blanks before anything else are cut off in the end.
    if (element.text !== '' || piece.trim() !== '') element.text += piece
    return true
  }

  private open(parent: Element, bracket: number): boolean {
    const { opened, text } = this
    let end = bracket + 1
    if (IN_NAMES[text.charCodeAt(end)] !== 2) return false
    let hash = 0
    for (let code = text.charCodeAt(end); IN_NAMES[code]; code = text.charCodeAt(end)) {
      hash = hashed(hash, code)
      end += 1
    }
    const name = nameIn(text, bracket + 1, end, hash)
    this.at = end
    this.counted += 1
    if (this.counted > MOST || opened.length > DEEPEST || (opened.length === 1 && name !== ROOT)) return false
    if (text.charCodeAt(end) === GREATER) {
      this.at += 1
      if (!this.leaf(parent, name)) opened.push(elementOf(name))
      return true
    }
    const element = elementOf(name)
    if (!this.attributes(element)) return false
    const found = this.match(END_OF_TAG)
    if (found?.[1]) addChild(parent, name, contentOf(element))
    else opened.push(element)
    return found !== null
  }

  /** An element of nothing but text, as most are, is read at once. */
  private leaf(parent: Element, name: string): boolean {
    const { text, at } = this
    const bracket = text.indexOf('<', at)
    if (text.charCodeAt(bracket + 1) !== SLASH) return false
    const value = decoded(text.slice(at, bracket))
    if (value === undefined || !this.close(name, bracket)) return false
    addChild(parent, name, value.trim() || null)
    return true
  }

  private attributes(element: Element): boolean {
    for (let found = this.match(ATTRIBUTE); found; found = this.match(ATTRIBUTE)) {
      const [, name, quoted, apostrophed] = found
      const value = decoded(quoted ?? apostrophed!)
      this.counted += 1
      if (value === undefined || this.counted > MOST || `@${name}` in element.content) return false
      addAttribute(element, name!, value)
    }
    return true
  }

  private close(name: string, bracket: number): boolean {
    const end = bracket + 2 + name.length
    if (!this.text.startsWith(name, bracket + 2) || this.text.charCodeAt(end) !== GREATER) return false
    this.at = end + 1
    return true
  }
}

const REFERENCE = /&([^&;]*)(;?)/g
const ENTITIES = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }))
const NUMBER = /^#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}))$/

/** Text with the characters that it refers to. */
function decoded(text: string): string | undefined {
  if (!text.includes('&')) return text
  let isPlain = true
  const result = text.replace(REFERENCE, (_whole, name: string, end: string) => {
    const character = ENTITIES.get(name) ?? numbered(name)
    isPlain &&= character !== undefined && end === ';'
    return character ?? ''
  })
  return isPlain ? result : undefined
}

function numbered(name: string): string | undefined {
  const found = NUMBER.exec(name)
  const code = found ? Number.parseInt(found[1] ?? found[2]!, found[1] ? 10 : 16) : Number.NaN
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : ''
  return character === '' || (character !== '\r' && ODD.test(character)) ? undefined : character
}
