/** The parser of each column, by its type. */
import type { Column } from '../model/model.ts'
import { booleanParser } from './boolean.ts'
import { relationParser, uuidParser } from './identity.ts'
import { decimalParser, integerParser } from './number.ts'
import { type Parser, parsed, refused } from './parsed.ts'
import { textParser } from './text.ts'
import { datetimeParser } from './time.ts'

/** What a column takes when it is neither null nor left out. Times without an offset are in `timeZone`. */
export function parserOf(column: Column, timeZone: string): Parser {
  if (column.references) return relationParser(column)
  switch (column.type) {
    case 'text':
      return textParser(column)
    case 'uuid':
      return uuidParser
    case 'integer':
      return integerParser(column)
    case 'decimal':
      return decimalParser()
    case 'boolean':
      return booleanParser
    case 'datetime':
      return datetimeParser(timeZone)
    case 'json':
      return (input) => parsed(JSON.stringify(input))
    case 'bytes':
      return () => refused('Not a valid value.')
  }
}
