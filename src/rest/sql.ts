/** Builds one statement: identifiers come from the model only, values become parameters only. */
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

/** A table's or column's name. The model's names need no escaping, so one that does is a mistake. */
export function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`${JSON.stringify(name)} cannot be an identifier`)
  return `"${name}"`
}
