/** The Prisma schema as tables, columns and the ways from one table to another, read once at start-up. */
import datamodel from '../../generated/datamodel.json' with { type: 'json' }
import type { Prisma } from '../../generated/prisma/client.ts'
import { type Annotations, readAnnotations } from './annotations.ts'

type Models = Prisma.TypeMap['model']
export type ModelName = keyof Models & string
type Scalars<M extends ModelName> = Models[M]['payload']['scalars']
export type ColumnName<M extends ModelName> = keyof Scalars<M> & string
/** A column, or one reached over relations: `extension_id__domain_id`. */
export type Path<M extends ModelName> = ColumnName<M> | `${string}__${string}`

/** A row as JSON holds it: times as ISO text, whole numbers as numbers. */
export type Row<M extends ModelName = ModelName> = { [K in ColumnName<M>]: JsonValue<Scalars<M>[K]> }
type JsonValue<T> = T extends bigint ? number : T extends Date ? string : T extends object ? unknown : T

export type ColumnType = 'uuid' | 'text' | 'integer' | 'boolean' | 'datetime' | 'decimal' | 'json' | 'bytes'

export interface Column extends Annotations {
  readonly name: string
  readonly type: ColumnType
  /** The PostgreSQL type, for casts. */
  readonly sqlType: string
  readonly nullable: boolean
  readonly hasDefault: boolean
  /** PostgreSQL derives it from other columns: it is never written. */
  readonly generated?: boolean
  /** The default where it is a plain value. */
  readonly default?: string | number | boolean
  readonly maxLength?: number
  readonly primary: boolean
  readonly references?: Hop
}

/** A step over a to-one relation: rows whose `local` column equals `remote` of `model`. */
export interface Hop {
  readonly model: ModelName
  readonly local: string
  readonly remote: string
}

export interface Model {
  readonly name: ModelName
  readonly table: string
  readonly description?: string
  readonly columns: ReadonlyMap<string, Column>
  readonly primaryKey: Column
  /** Sets of columns that no two rows share, the primary key left out. */
  readonly uniqueSets: readonly (readonly string[])[]
  /** To-one relations by foreign-key column (`domain_id`), and one-to-one ones seen from the other side (`profile`). */
  readonly hops: ReadonlyMap<string, Hop>
}

type RawModel = (typeof datamodel.models)[number]
interface RawField {
  name: string
  kind: string
  type: string
  list?: boolean
  nullable?: boolean
  id?: boolean
  unique?: boolean
  default?: unknown
  native?: [string, string[]]
  from?: string[]
  to?: string[]
  documentation?: string
}

const TYPES: Record<string, { type: ColumnType; sqlType: string }> = {
  Int: { type: 'integer', sqlType: 'integer' },
  BigInt: { type: 'integer', sqlType: 'bigint' },
  Boolean: { type: 'boolean', sqlType: 'boolean' },
  DateTime: { type: 'datetime', sqlType: 'timestamptz' },
  Decimal: { type: 'decimal', sqlType: 'numeric' },
  Json: { type: 'json', sqlType: 'jsonb' },
  Bytes: { type: 'bytes', sqlType: 'bytea' },
  String: { type: 'text', sqlType: 'text' },
}

/** The PostgreSQL type of each, where nothing says it more closely. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  uuid: 'uuid',
  ...Object.fromEntries(Object.values(TYPES).map(({ type, sqlType }) => [type, sqlType])),
} as Record<ColumnType, string>

const models = new Map<string, Model>(datamodel.models.map((raw) => [raw.name, readModel(raw)]))

/** Models whose rows no table keeps; they are made from definitions (src/rest/live.ts). */
const made = new Map<string, Model>()
export const addMadeModel = (model: Model): unknown => made.set(model.name, model)

/** The model of that name; an unknown name is a mistake in a definition. */
export function modelOf(name: string): Model {
  const model = models.get(name) ?? made.get(name)
  if (!model) throw new Error(`there is no model ${name} in prisma/schema`)
  return model
}

/** All models of the schema, in its order. */
export const allModels = (): Model[] => [...models.values()]

/** The column a path ends at; throws naming the first step that leads nowhere. */
export function columnAt(model: Model, path: string): Column {
  const steps = path.split('__')
  const last = steps.pop()!
  let at = model
  for (const step of steps) {
    const hop = at.hops.get(step)
    if (!hop) throw new Error(`${at.name} has no relation ${step} (in the path ${path})`)
    at = modelOf(hop.model)
  }
  const column = at.columns.get(last)
  if (!column) throw new Error(`${at.name} has no column ${last}${steps.length ? ` (in the path ${path})` : ''}`)
  return column
}

function readModel(raw: RawModel): Model {
  const fields = raw.fields as unknown as RawField[]
  const hops = new Map<string, Hop>()
  for (const field of fields) {
    if (field.kind !== 'object' || field.list) continue
    if (field.from) {
      const [local, remote] = [field.from[0]!, field.to![0]!]
      hops.set(local, { model: field.type as ModelName, local, remote })
    } else {
      hops.set(field.name, oneToOneBack(raw.name, field.type))
    }
  }
  const columns = new Map(
    fields.filter((f) => f.kind === 'scalar').map((f) => [f.name, readColumn(raw.name, f, hops.get(f.name))]),
  )
  const uniqueColumns = fields.filter((f) => f.unique).map((f) => [f.name])
  return {
    name: raw.name as ModelName,
    table: raw.table,
    description: (raw as { documentation?: string }).documentation,
    columns,
    primaryKey: columns.get('id') ?? [...columns.values()][0]!,
    uniqueSets: [...uniqueColumns, ...raw.unique],
    hops,
  }
}

/** The other side of a one-to-one relation keeps the key: User.profile is Profile.user_id. */
function oneToOneBack(from: string, to: string): Hop {
  const other = datamodel.models.find((m) => m.name === to)!.fields as unknown as RawField[]
  const key = other.find((f) => f.kind === 'object' && f.type === from && f.from)!
  return { model: to as ModelName, local: key.to![0]!, remote: key.from![0]! }
}

/** `@default(dbgenerated())` without an expression is how a Prisma schema says GENERATED ALWAYS AS. */
function isGenerated(value: unknown): boolean {
  const { name, args } = (value ?? {}) as { name?: string; args?: unknown[] }
  return name === 'dbgenerated' && args?.length === 0
}

function readColumn(model: string, field: RawField, references: Hop | undefined): Column {
  const base = TYPES[field.type]
  if (!base) throw new Error(`${model}.${field.name}: the type ${field.type} is not supported`)
  const [nativeName, nativeArguments] = field.native ?? ['', []]
  const isUuid = nativeName === 'Uuid'
  const plain = typeof field.default === 'object' ? undefined : (field.default as Column['default'])
  return {
    ...readAnnotations(field.documentation, `${model}.${field.name}`),
    name: field.name,
    type: isUuid ? 'uuid' : base.type,
    sqlType: isUuid ? 'uuid' : nativeName === 'SmallInt' ? 'smallint' : base.sqlType,
    nullable: field.nullable ?? false,
    hasDefault: field.default !== undefined,
    generated: isGenerated(field.default),
    // The generator writes a BigInt's default as text.
    default: base.type === 'integer' && plain !== undefined ? Number(plain) : plain,
    maxLength: nativeName === 'VarChar' ? Number(nativeArguments[0]) : undefined,
    // Of a key of several columns, `id` names the row.
    primary: field.id ?? field.name === 'id',
    references,
  }
}
