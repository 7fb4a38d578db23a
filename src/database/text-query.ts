/**
 * A statement whose rows stay as PostgreSQL writes them. It does not ask for a description of the columns either, which
 * pg does each time a prepared statement runs: with fifty columns that is a good part of a single row's cost.
 */
import pg from 'pg'
import { bindBytes, giveMemory, takeMemory, writeBind } from './bind.ts'

/** The part of pg's connection that is used; its types leave it out. */
interface Wire {
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements: Record<string, string>
  readonly stream: { write(bytes: Buffer): void }
  parse(statement: { text: string; name: string | undefined }): void
  bind(portal: { statement: string | undefined; values: readonly unknown[] }): void
  execute(portal: { portal: string }): void
  sync(): void
}

/** How pg says a value; bytes stay bytes. */
const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): string | Buffer | null } }).utils

/** The length of values, in characters, from which on their message is worth memory of its own. */
const LONG = 2 ** 14

/** As {@link pg.Query}, which pg's client and pool take in place of a text. */
export class TextQuery extends pg.Query {
  declare callback: ((error: Error | null, rows?: (string | null)[][]) => void) | undefined
  readonly name: string | undefined
  private readonly statement: string
  private readonly parameters: readonly unknown[]
  private readonly texts: (string | null)[][] = []
  private memory: Buffer | undefined

  constructor(text: string, values: readonly unknown[], name: string | undefined) {
    super({ text, values: [...values], name })
    this.statement = text
    this.parameters = values
    this.name = name
  }

  /** Overrides pg's. A statement without a name is parsed each time. */
  requiresPreparation(): boolean {
    return true
  }

  prepare(wire: Wire): void {
    const { name } = this
    const isParsed = name !== undefined && (name in wire.parsedStatements || name in wire.submittedNamedStatements)
    if (!isParsed) {
      wire.parse({ text: this.statement, name })
      if (name !== undefined) wire.submittedNamedStatements[name] = this.statement
    }
    const values = this.parameters.map(prepareValue)
    if (areLongTexts(values)) {
      this.memory = takeMemory(bindBytes(name ?? '', values))
      wire.stream.write(writeBind(this.memory, name ?? '', values))
    } else wire.bind({ statement: name, values })
    wire.execute({ portal: '' })
    wire.sync()
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.texts.push(fields)
  }

  handleCommandComplete(): void {}

  /** PostgreSQL has read all of it by then. */
  handleReadyForQuery(): void {
    if (this.memory) giveMemory(this.memory)
    this.memory = undefined
    this.callback?.(null, this.texts)
  }
}

function areLongTexts(values: readonly (string | Buffer | null)[]): values is readonly (string | null)[] {
  let length = 0
  for (const value of values) {
    if (typeof value === 'string') length += value.length
    else if (value !== null) return false
  }
  return length >= LONG
}

/** The rows of a statement, each value as text. */
export function queryText(
  client: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[],
  name: string | undefined,
): Promise<(string | null)[][]> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null | undefined, rows?: (string | null)[][]) =>
      error ? reject(error) : resolve(rows!)
    const run = client.query as (query: TextQuery, values: undefined, callback: typeof done) => void
    run.call(client, new TextQuery(text, values, name), undefined, done)
  })
}
