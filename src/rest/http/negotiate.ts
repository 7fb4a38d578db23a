/** Which form an answer takes: `format=` decides, else the Accept header (contract section 3). */
import Negotiator from 'negotiator'
import { notAcceptable, notFound } from '../errors.ts'
import type { Query } from '../read/query.ts'

export type Format = 'json' | 'csv' | 'svg' | 'events'

export interface Form {
  readonly format: Format
  /** Spaces a level, from `Accept: application/json; indent=4`. */
  readonly indent: number
}

const TYPES: Record<Format, string> = {
  json: 'application/json',
  csv: 'text/csv',
  svg: 'image/svg+xml',
  events: 'text/event-stream',
}
/** The forms of rows. */
const ROW_FORMATS: readonly Format[] = ['json', 'csv']
const JSON_FORM: Form = { format: 'json', indent: 0 }

/** The media types of rows, as OPTIONS tells them. */
export const RENDERS = ROW_FORMATS.map((format) => TYPES[format])

/** An unknown `format` is a 404, an Accept header that none of the forms meets a 406, as in DRF. */
export function negotiate(query: Query, accept: string | undefined, formats = ROW_FORMATS): Form {
  const asked = query.get('format')
  const takesJson = accept === undefined || accept === '*/*' || accept === TYPES.json
  if (asked === undefined && takesJson && formats[0] === 'json') return JSON_FORM
  if (asked && !formats.includes(asked as Format)) throw notFound()
  const offered = asked ? [asked as Format] : formats
  const types = offered.map((format) => TYPES[format])
  const chosen = new Negotiator({ headers: { accept: withoutParameters(accept || '*/*') } }).mediaType(types)
  if (!chosen) throw notAcceptable()
  const indent = /application\/json\s*;[^,]*\bindent=(\d)\b/.exec(accept ?? '')
  return { format: offered[types.indexOf(chosen)]!, indent: Number(indent?.[1] ?? 0) }
}

/** `application/json; charset=utf-8` is met by `application/json`; only the weight `q` counts, as in DRF. */
const withoutParameters = (accept: string) => accept.replace(/\s*;\s*(?!q\s*=)[^;,]*/gi, '')
