/**
 * Finds the record in what mod_xml_cdr or mod_json_cdr posted, or left in err-log-dir. FreeSWITCH labels every encoding
 * as url-encoded once `disable-100-continue` is set, so only the content tells what it is.
 */
import { percentDecoded } from './percent.ts'
import { UnreadableRecord } from './unreadable.ts'

export interface RecordText {
  readonly text: string
  readonly format: 'xml' | 'json'
}

/** The record as XML or JSON text. Throws UnreadableRecord where there is neither. */
export function recordText(body: Buffer): RecordText {
  const text = body.toString('utf8').replace(BLANK, '')
  if (text === '') throw new UnreadableRecord('The body is empty.')
  const found = text.startsWith(FIELD) ? ofField(text.slice(FIELD.length)) : (ofBare(text) ?? ofForm(text))
  if (!found) throw new UnreadableRecord('The body holds no call record in XML or JSON.')
  return found
}

const FIELD = 'cdr='
/** White space and byte order marks, which no format needs before its first character. */
const BLANK = /^[\s\ufeff]+/
const BASE64 = /^[A-Za-z0-9+/=\s]+$/

/** The value of `cdr` at the beginning of the body: as it stands it goes to the end, whatever `&` is in it. */
function ofField(value: string): RecordText | undefined {
  return plain(value) ?? ofUrlEncoded(value) ?? ofBase64(value)
}

const ofBare = (text: string): RecordText | undefined => {
  return plain(text) ?? (text.startsWith('%') ? plain(percentDecoded(text)) : undefined)
}

/** A form with other fields before `cdr`. */
function ofForm(text: string): RecordText | undefined {
  const field = text.indexOf(`&${FIELD}`)
  return field === -1 ? undefined : ofUrlEncoded(text.slice(field + 1 + FIELD.length))
}

/** A form's value ends where the next field begins, and writes a space as `+`. */
function ofUrlEncoded(value: string): RecordText | undefined {
  if (!/^[\s+]*%/.test(value)) return undefined
  const end = value.indexOf('&')
  return plain(percentDecoded((end === -1 ? value : value.slice(0, end)).replaceAll('+', ' ')))
}

function ofBase64(value: string): RecordText | undefined {
  return BASE64.test(value) ? plain(Buffer.from(value, 'base64').toString('utf8')) : undefined
}

function plain(text: string): RecordText | undefined {
  const trimmed = text.replace(BLANK, '')
  if (trimmed.startsWith('<')) return { text: trimmed, format: 'xml' }
  if (trimmed.startsWith('{')) return { text: trimmed, format: 'json' }
  return undefined
}
