/** Points in time, kept to the microsecond as text: JavaScript's dates would cut them to milliseconds. */
import { DateTime } from 'luxon'
import { type Parser, parsed, refused } from './parsed.ts'

const SHAPE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i
const WRONG =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'

/**
 * ISO 8601 with or without an offset, or a bare date (midnight). What has no offset is in `timeZone`. Gives text in
 * UTC that PostgreSQL reads to the microsecond.
 */
export function datetimeParser(timeZone: string): Parser {
  return (input) => {
    const match = typeof input === 'string' ? SHAPE.exec(input.trim()) : null
    if (!match) return refused(WRONG)
    const [, date, minutes = '00:00', seconds = '00', fraction = '', offset = ''] = match
    const zone = offset === '' ? { zone: timeZone } : { setZone: true }
    const time = DateTime.fromISO(`${date}T${minutes}:${seconds}${isoOffset(offset)}`, zone)
    if (!time.isValid || time.toUTC().year < 1 || time.toUTC().year > 9999) return refused(WRONG)
    const micros = fraction.slice(0, 6)
    return parsed(`${time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss")}${micros && `.${micros}`}Z`)
  }
}

function isoOffset(offset: string): string {
  if (offset === '' || offset.toUpperCase() === 'Z') return offset.toUpperCase()
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

/** The day that a text names: from its first moment to the first of the next, in `timeZone`. */
export function readDay(text: string, timeZone: string): { from: string; to: string } | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const start = DateTime.fromISO(text, { zone: timeZone })
  if (!start.isValid || start.year < 1) return undefined
  return { from: start.toUTC().toISO(), to: start.plus({ days: 1 }).toUTC().toISO() }
}
