/** Whole numbers and decimals, taken as JSON numbers or as text, exact at any size. */
import type { Column } from '../model/model.ts'
import { type Parsed, type Parser, parsed, refused } from './parsed.ts'

const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?$/i
const LONGEST_TEXT = 1000
const RANGES: Record<string, readonly [bigint, bigint]> = {
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
}

/** Sentences are those of DRF's DecimalField, which the original uses for its whole numbers. */
export function integerParser(column: Column): Parser {
  const [smallest, largest] = bounds(column)
  return (input) => {
    const number = readNumber(input)
    if (!('digits' in number)) return number
    if (number.places > 0) return refused('Ensure that there are no more than 0 decimal places.')
    const value = BigInt(`${number.negative ? '-' : ''}${number.digits}`)
    if (column.digits !== undefined && number.digits.length > column.digits) {
      return refused(`Ensure that there are no more than ${column.digits} digits in total.`)
    }
    if (value < smallest) return refused(`Ensure this value is greater than or equal to ${smallest}.`)
    if (value > largest) return refused(`Ensure this value is less than or equal to ${largest}.`)
    return parsed(value.toString())
  }
}

/** Decimals keep their text, so that no binary fraction comes between the caller and the column. */
export function decimalParser(): Parser {
  return (input) => {
    const number = readNumber(input)
    if (!('digits' in number)) return number
    return parsed(String(input).trim())
  }
}

function bounds(column: Column): readonly [bigint, bigint] {
  const [smallest, largest] = RANGES[column.sqlType] ?? RANGES.bigint!
  return [
    column.min === undefined ? smallest : BigInt(column.min),
    column.max === undefined ? largest : BigInt(column.max),
  ]
}

interface Digits {
  readonly negative: boolean
  /** Of the whole number when `places` is 0, without leading zeros. */
  readonly digits: string
  readonly places: number
}

function readNumber(input: unknown): Digits | Parsed {
  if (typeof input !== 'number' && typeof input !== 'string') return refused('A valid number is required.')
  const text = String(input).trim()
  if (text.length > LONGEST_TEXT) return refused('String value too large.')
  const match = NUMBER.exec(text)
  if (!match || (match[2] === '' && match[3] === '')) return refused('A valid number is required.')
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent) - fraction.length
  const all = `${whole}${fraction}`.replace(/^0+(?=.)/, '')
  const digits = shift > 0 ? all + '0'.repeat(all === '0' ? 0 : shift) : all
  return { negative: sign === '-', digits, places: Math.max(0, -shift) }
}
