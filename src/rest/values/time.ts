/** Points in time, kept to the microsecond as text: JavaScript's dates would cut them to milliseconds. */
import { DateTime } from 'luxon'
import { type Parser, parsed, refused } from './parsed.ts'

const DATE = String.raw`(\d{4}-\d{2}-\d{2})`
const CLOCK = String.raw`([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?`
const OFFSET = String.raw`(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)`
const SHAPE = new RegExp(`^${DATE}(?:[T ]${CLOCK}\\s*${OFFSET}?)?$`, 'i')
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
    const [, date, hours = '00', minutes = '00', seconds = '00', fraction = '', offset = ''] = match
    const text = `${date}T${hours}:${minutes}:${seconds}`
    const time = offset === '' ? inZone(text, timeZone) : DateTime.fromISO(text + isoOffset(offset), { zone: 'utc' })
    if (!isStorable(time)) return refused(WRONG)
    const micros = fraction.slice(0, 6)
    return parsed(`${utcText(time)}${micros && `.${micros}`}Z`)
  }
}

/** Clocks that go back show some times twice: the first is meant, as in Python. */
const inZone = (text: string, zone: string): DateTime => DateTime.fromISO(text, { zone }).getPossibleOffsets()[0]!

/** Years that clients can read back. */
function isStorable(time: DateTime): boolean {
  const { year } = time.toUTC()
  return time.isValid && year >= 1 && year <= 9999
}

const utcText = (time: DateTime): string => time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss")

function isoOffset(offset: string): string {
  if (offset === '' || offset.toUpperCase() === 'Z') return offset.toUpperCase()
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

/** The day that a text names: from its first moment to the first of the next, in `timeZone`. */
export function readDay(text: string, timeZone: string): { from: string; to: string } | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const start = inZone(text, timeZone)
  if (!isStorable(start)) return undefined
  // Not a day's length later: some days begin at one o'clock.
  const next = DateTime.fromISO(text, { zone: 'utc' }).plus({ days: 1 })
  const end = inZone(next.toISODate({ format: 'extended' })!, timeZone)
  return { from: `${utcText(start)}Z`, to: `${utcText(end)}Z` }
}
