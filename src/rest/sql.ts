/** Builds one statement: identifiers come from the model only, values become parameters only. */
import pg from 'pg'
import type { Statement } from './database.ts'

export class Sql {
  readonly values: unknown[] = []

  /** Adds a value; the returned `$n` stands for it in the text. */
  param(value: unknown): string {
    return `$${this.values.push(value)}`
  }

  statement(text: string): Statement {
    return { text, values: this.values }
  }
}

/** The same for COPY, which takes no parameters: values become literals, quoted by pg. */
export class LiteralSql extends Sql {
  override param(value: unknown): string {
    if (value === null || value === undefined) return 'NULL'
    const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): unknown } }).utils
    return pg.escapeLiteral(String(prepareValue(value)))
  }
}

/** A table's or column's name. The model's names need no escaping, so one that does is a mistake. */
export function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`${JSON.stringify(name)} cannot be an identifier`)
  return `"${name}"`
}
