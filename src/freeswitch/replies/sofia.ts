/**
 * What `sofia xmlstatus` answers. It is XML only nearly: text stands loose between elements, and some forms have no
 * root. So what is looked for is read piece by piece, and what is between is passed over.
 */
import { storable } from './rows.ts'

export type SofiaRecord = Readonly<Record<string, string>>

/** The elements of that name, each with the texts of the elements in it. */
export function sofiaRecords(xml: string, name: string): SofiaRecord[] {
  const records: SofiaRecord[] = []
  let record: Map<string, string> | undefined
  for (const [, slash, element, text] of xml.matchAll(/<(\/?)([a-z][a-z0-9-]{0,63})>([^<]*)/g)) {
    if (element !== name) {
      if (!slash && record) record.set(element!, storable(decoded(text!.trim())))
    } else if (!slash) {
      record = new Map()
    } else if (record) {
      records.push(Object.fromEntries(record))
      record = undefined
    }
  }
  return records
}

/** The profiles of `sofia xmlstatus`, with their addresses and states; its gateways are told by their own command. */
export const sofiaProfiles = (xml: string): { name: string; data: string; state: string }[] =>
  sofiaRecords(xml, 'profile').flatMap(({ name = '', data = '', state = '' }) => (name ? [{ name, data, state }] : []))

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|quot|apos|amp));/gi, (all, decimal, hex, word) => {
    if (word) return ENTITIES[String(word).toLowerCase()]!
    const code = decimal ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : String(all)
  })
