/** What the tables hold, read past the engine: what answers are held against. */
import type pg from 'pg'
import { type ModelName, modelOf } from '../../src/rest/model/model.ts'
import type { Registry } from '../../src/rest/registry.ts'
import { identifier } from '../../src/rest/sql.ts'
import { type Row, readTable, type Tables } from './reference.ts'

interface Known {
  readonly version: string
  rows?: Promise<readonly Row[]>
}

/** Tables as they are now. After a write one statement tells which have changed, and only those are read again. */
export class Snapshot {
  private readonly pool: pg.Pool
  private readonly names: readonly ModelName[]
  /** Those that rows of others name. */
  private readonly linked: ReadonlySet<ModelName>
  private readonly known = new Map<ModelName, Known>()
  private checking: Promise<void> | undefined

  private constructor(pool: pg.Pool, registry: Registry) {
    this.pool = pool
    this.linked = linkedModels(registry)
    const kept = registry.all().filter(({ resource }) => !resource.live)
    this.names = [...new Set([...this.linked, ...kept.map(({ resource }) => resource.model)])]
  }

  /** Has the database count the statements that write to each table from now on. */
  static async of(pool: pg.Pool, registry: Registry): Promise<Snapshot> {
    const snapshot = new Snapshot(pool, registry)
    const tables = snapshot.names.map((name) => identifier(modelOf(name).table))
    await pool.query([COUNTED, ...tables.map(countWrites)].join(';'))
    return snapshot
  }

  /** To be called when somebody may have written. */
  changed(): void {
    this.checking = undefined
  }

  /** What a model's table holds now. */
  async table(name: ModelName): Promise<readonly Row[]> {
    this.checking ??= this.check()
    await this.checking
    const known = this.known.get(name)
    if (!known) throw new Error(`no resource has to do with ${name}`)
    known.rows ??= readTable(this.pool, modelOf(name))
    return known.rows
  }

  /** What all tables hold now, or those that rows of one model may lead to, and its own. */
  async tables(own?: ModelName): Promise<Tables> {
    const all = new Map<string, readonly Row[]>()
    for (const name of own ? new Set([...this.linked, own]) : this.names) all.set(name, await this.table(name))
    return all
  }

  private async check(): Promise<void> {
    const query = { name: 'writes', text: 'SELECT "of", sum(writes)::text FROM counted.tables GROUP BY 1' }
    const { rows } = await this.pool.query<[string, string]>({ ...query, rowMode: 'array' })
    const versions = new Map(rows)
    for (const name of this.names) {
      const version = versions.get(modelOf(name).table) ?? ''
      if (this.known.get(name)?.version !== version) this.known.set(name, { version })
    }
  }
}

/** Each session counts for itself, so that none waits for another. */
const COUNTED = `CREATE SCHEMA counted;
  CREATE UNLOGGED TABLE counted.tables ("of" text, session int, writes bigint, PRIMARY KEY ("of", session));
  CREATE FUNCTION counted.count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO counted.tables AS t VALUES (TG_TABLE_NAME, pg_backend_pid(), 1)
      ON CONFLICT ("of", session) DO UPDATE SET writes = t.writes + 1;
    RETURN NULL;
  END $$`

const countWrites = (table: string) => `CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table}
  FOR EACH STATEMENT EXECUTE FUNCTION counted.count()`

/** Every model that rows of another are nested in, name or reach, and those that say whose a row is. */
function linkedModels(registry: Registry): Set<ModelName> {
  const names = new Set<ModelName>(['UserGroup', 'ExtensionUser', 'Profile', 'XmlCdr'])
  for (const { resource, model } of registry.all()) {
    for (const hop of model.hops.values()) names.add(hop.model)
    for (const nested of Object.values(resource.nested ?? {})) names.add(nested.model).add(nested.through.model)
  }
  // What is added meanwhile is looked at too: a relation may lead over several.
  for (const name of names) for (const hop of modelOf(name).hops.values()) names.add(hop.model)
  return names
}
