/**
 * A statement whose rows stay as PostgreSQL writes them. It does not ask for a description of the columns either, which
 * pg does each time a prepared statement runs: with fifty columns that is a good part of a single row's cost.
 */
import pg from 'pg'

/** The part of pg's connection that is used; its types leave it out. */
interface Wire {
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements: Record<string, string>
  parse(statement: { text: string; name: string | undefined }): void
  bind(portal: { statement: string | undefined; values: readonly unknown[]; valueMapper: unknown }): void
  execute(portal: { portal: string }): void
  sync(): void
}

/** As {@link pg.Query}, which pg's client and pool take in place of a text. */
export class TextQuery extends pg.Query {
  declare callback: ((error: Error | null, rows?: (string | null)[][]) => void) | undefined
  readonly name: string | undefined
  private readonly statement: string
  private readonly parameters: readonly unknown[]
  private readonly texts: (string | null)[][] = []

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
    const { prepareValue } = (pg as unknown as { utils: { prepareValue: unknown } }).utils
    wire.bind({ statement: name, values: this.parameters, valueMapper: prepareValue })
    wire.execute({ portal: '' })
    wire.sync()
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.texts.push(fields)
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback?.(null, this.texts)
  }
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
