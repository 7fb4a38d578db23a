/**
 * A resource: what the Prisma schema cannot say of one endpoint. Everything else (routes, validation, filters,
 * OpenAPI, CSV columns, conformance tests) derives from this and the model.
 */
import type { Access, Predicate } from './access.ts'
import type { Action, Input } from './asking.ts'
import type { Caller, Role } from './caller.ts'
import type { Connection } from './database.ts'
import type { Live } from './live-rows.ts'
import type { Column, ColumnName, ModelName, Path, Row } from './model/model.ts'
import type { Services } from './services.ts'
import type { Transaction } from './write/transaction.ts'

export interface WriteContext {
  readonly tx: Transaction
  readonly caller: Caller
  readonly services: Services
  /** Values of the resource's `inputs` that were sent, checked. */
  readonly inputs: Readonly<Record<string, unknown>>
}

/** What to do before the transaction ends. Database only: the switch and the world hear of it `after`. */
interface Within<M extends ModelName> {
  create?(row: Row<M>, context: WriteContext): Promise<void>
  /** The same for many rows at once, in place of `create`, where that saves statements. */
  createAll?(created: readonly Created<M>[], context: Omit<WriteContext, 'inputs'>): Promise<void>
  update?(row: Row<M>, before: Row<M>, context: WriteContext): Promise<void>
  /** `update` has something to do only where one of these is sent; so many rows change at once where none is. */
  updateOf?: readonly ColumnName<M>[]
  delete?(row: Row<M>, context: WriteContext): Promise<void>
}

/** A row that was made, and the values of `inputs` that were sent with it. */
export interface Created<M extends ModelName> {
  readonly row: Row<M>
  readonly inputs: WriteContext['inputs']
}

/** What to announce after the commit, before the answer. */
export interface After<M extends ModelName> {
  write?(row: Row<M>, context: { services: Services; caller: Caller }): Promise<void> | void
}

/** Rows of another model inside a row, as a JSON array. */
export interface Nested {
  /** The join table, and its columns that name this row and the other. */
  readonly through: { readonly model: ModelName; readonly here: string; readonly there: string }
  readonly model: ModelName
  readonly columns: readonly string[]
  readonly order: string
  /** The resource whose URLs the nested rows carry. */
  readonly path: string
  readonly description: string
}

/** Counts kept by the database in a table of `starts_at` (UTC), `total`, the columns `by`, and `grain` (hour, day). */
export interface Totals {
  readonly model: ModelName
  /** The column whose hours and days, or months, are counted. A table of months has no grain. */
  readonly time: string
  readonly stretches: 'hours and days' | 'months'
  /** The columns by whose values they are counted apart. */
  readonly by: readonly string[]
}

/** Everything a list's filters match, as one CSV file at `download/`. */
export interface Download {
  /** What the file's name begins with. */
  readonly name: string
  /** The column whose range the file's name tells. */
  readonly time: string
}

/**
 * Audio that a row has, in columns `filename`, `size`, `duration`, `content_type`, `digest` and `stored_as`: it is
 * uploaded with the row or at `audio/` below it, and read at `download/`. Its tenant's folder is told by `tenant`.
 */
export interface Media {
  /** What sentences call it. */
  readonly name: string
  /** Roles whose updates change some columns only (`changes`) and that replace the audio all the same. */
  readonly replacedBy?: readonly Role[]
  /** Values of a new row that comes with a file and leaves them out; `zone` is the server's time zone. */
  readonly fill?: (zone: string) => Readonly<Record<string, unknown>>
  /** A boolean column that says that a row without audio here has some elsewhere, and what a download answers then. */
  readonly elsewhere?: { readonly column: string; readonly sentence: string }
}

/** Says what a refusal by a constraint of another table means, as sentences by field. `row` is what was to be stored. */
export type Explain<M extends ModelName> = (
  row: Partial<Row<M>>,
  db: Connection,
) => Promise<Readonly<Record<string, string[]>>>

export interface Definition<M extends ModelName> {
  /** The collection's name in URLs, `/api/PATH/`. */
  readonly path: string
  /** The path to the id of the tenant whose row it is; none: rows of the whole system. */
  readonly tenant?: Path<M>
  /** Columns the API shows; all when left out. */
  readonly only?: readonly ColumnName<M>[]
  /** Columns of the model that the API does not show. */
  readonly hidden?: readonly ColumnName<M>[]
  /** Columns that cannot be set through this resource, beyond those marked `@readonly`. */
  readonly readOnly?: readonly ColumnName<M>[]
  /** Columns that can be set and are never shown. */
  readonly writeOnly?: readonly ColumnName<M>[]
  /** Columns that only a create takes. */
  readonly createOnly?: readonly ColumnName<M>[]
  /** Nullable or defaulted columns that a create must have all the same. */
  readonly required?: readonly ColumnName<M>[]
  readonly order: readonly (ColumnName<M> | `-${ColumnName<M>}`)[]
  readonly search: readonly Path<M>[]
  /** Rows of this resource have these values, and get them when created. */
  readonly where?: Readonly<Partial<Record<ColumnName<M>, string | boolean | number>>>
  /** Columns that, left empty at creation, take the value found over a relation, cut to their length. */
  readonly fill?: Readonly<Partial<Record<ColumnName<M>, Path<M>>>>
  /** Values made at creation when left out. */
  readonly defaults?: Readonly<Partial<Record<ColumnName<M>, () => unknown>>>
  /** Columns of a one-to-one relation shown and taken as this resource's own; hooks write them. */
  readonly borrowed?: Readonly<Record<string, `${string}__${string}`>>
  readonly nested?: Readonly<Record<string, Nested>>
  /** Columns shown, read-only, under another name. */
  readonly aliases?: Readonly<Record<string, ColumnName<M>>>
  /** Fields that are URLs of actions on the row. */
  readonly links?: Readonly<Record<string, string>>
  /** Relations that may be given by this column of the other row too, which tells it apart: `{domain_id: 'name'}`. */
  readonly named?: Readonly<Partial<Record<ColumnName<M>, string>>>
  /** Relations whose rows the hooks look up, since others than the caller's own may be referred to. */
  readonly lookedUp?: readonly string[]
  /** Columns it does not show and can be filtered by all the same. */
  readonly filters?: readonly ColumnName<M>[]
  /** An exact filter by this column finds the rows where one of these has the value, too. */
  readonly also?: Readonly<Partial<Record<ColumnName<M>, readonly ColumnName<M>[]>>>
  /** Bare query flags that leave a field out: `{nojson: 'json'}`. */
  readonly flags?: Readonly<Record<string, ColumnName<M>>>
  /** Columns that have one value in all rows of one value of this column: `{extension_id: ['domain_id']}`. */
  readonly determines?: Readonly<Partial<Record<ColumnName<M>, readonly ColumnName<M>[]>>>
  /** Lists can be long: `next` carries where the page ended, so that no page costs more than the first. */
  readonly long?: boolean
  /** What can answer a list's count in place of its rows; the first whose columns the filters speak of does. */
  readonly totals?: readonly Totals[]
  readonly download?: Download
  readonly media?: Media
  /** Parameters that make a query of too many rows a smaller one; told when it took too long. */
  readonly narrow?: readonly string[]
  /** What an id tells of other columns of its row, so that not every partition is searched for it. */
  readonly locate?: (id: string) => readonly Predicate[]
  /** A column of which few rows have the same value, and the time by which the table is divided (src/rest/read/seek.ts). */
  readonly seek?: { readonly by: ColumnName<M>; readonly time: ColumnName<M> }
  readonly inputs?: Readonly<Record<string, Input>>
  readonly access: Readonly<Partial<Record<Role, Access>>>
  /** A reason to refuse a write that no column can see, as sentences by field; asked before anything is written. */
  readonly refuse?: (change: {
    values: Partial<Row<M>> | null
    inputs: Readonly<Record<string, unknown>>
    before: Row<M> | null
    caller: Caller
  }) => Record<string, string[]> | undefined
  /** What refusals by these constraints, of tables that triggers write, mean. */
  readonly constraints?: Readonly<Record<string, Explain<M>>>
  readonly within?: Within<M>
  readonly after?: After<M>
  readonly actions?: Readonly<Record<string, Action>>
}

/** A definition with its model, its types no longer needed: what the engine works with. */
export type Resource = Omit<
  Definition<ModelName>,
  | 'only'
  | 'hidden'
  | 'readOnly'
  | 'writeOnly'
  | 'createOnly'
  | 'required'
  | 'order'
  | 'search'
  | 'fill'
  | 'defaults'
  | 'where'
  | 'filters'
  | 'also'
  | 'determines'
  | 'flags'
  | 'tenant'
  | 'aliases'
  | 'named'
> & {
  readonly model: ModelName
  readonly tenant?: string
  readonly aliases?: Readonly<Record<string, string>>
  readonly named?: Readonly<Record<string, string>>
  readonly only?: readonly string[]
  readonly hidden?: readonly string[]
  readonly readOnly?: readonly string[]
  readonly writeOnly?: readonly string[]
  readonly createOnly?: readonly string[]
  readonly required?: readonly string[]
  readonly order: readonly string[]
  readonly search: readonly string[]
  readonly where?: Readonly<Record<string, string | boolean | number>>
  readonly fill?: Readonly<Record<string, string>>
  readonly defaults?: Readonly<Record<string, () => unknown>>
  readonly filters?: readonly string[]
  readonly also?: Readonly<Record<string, readonly string[]>>
  readonly determines?: Readonly<Record<string, readonly string[]>>
  readonly flags?: Readonly<Record<string, string>>
  /** Its rows are not kept in the database (src/rest/live.ts). */
  readonly live?: Live
}

/** Declares a resource of a model. The model stands first so that the definition is checked against it. */
export function resource<M extends ModelName>(model: M, definition: Definition<NoInfer<M>>): Resource {
  const { media, hidden = [] } = definition
  const made = { model, ...definition, ...(media && { hidden: [...hidden, ...MEDIA_HIDDEN] }) }
  return made as unknown as Resource
}

/** Where audio is kept is nobody's business. */
const MEDIA_HIDDEN = ['digest', 'stored_as']

export type { Column }
