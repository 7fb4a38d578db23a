/**
 * What a resource promises that its definition and model cannot tell, or that must not be taken from them: a promise
 * read from the definition could not show that the definition is wrong. It restates contract.md and contract.json.
 */
import type { Right, Role } from '../../src/rest/caller.ts'
import type { Id, Row, Tables } from './reference.ts'
import type { Stage } from './stage.ts'

/**
 * Whose a row is, seen from the tenant acme: of acme's user; another of acme's; acme's but of somebody above its minor
 * administrators; of the tenant rival; of no tenant.
 */
export type Owner = 'user' | 'tenant' | 'superior' | 'rival' | 'system'
export const OWNERS: readonly Owner[] = ['user', 'tenant', 'superior', 'rival', 'system']

export type Values = Record<string, unknown>

/** What a role may do, as contract.md section 6 says it. */
export interface Expected {
  readonly rights: readonly Right[]
  /** Whose rows it reads. Any other row does not exist for it (404). */
  readonly sees: readonly Owner[]
  /** Whose rows it changes and deletes, when not all it sees; the others are a 403. */
  readonly touches?: readonly Owner[]
  /** Whose rows it can make, when not for all it sees. */
  readonly creates?: readonly Owner[]
  /** Rows out of reach whose existence is no secret: 403, not 404. */
  readonly forbidden?: readonly Owner[]
  /** Whether it sees the resource's secrets. */
  readonly secrets?: boolean
  /** The only fields it changes; another one sent with a new value is a 400. */
  readonly changes?: readonly string[]
  /** Fields whose change is a 403. */
  readonly reserved?: readonly string[]
  /** Fields a create must have, beyond the resource's own. */
  readonly required?: readonly string[]
  /** Fields that become the caller's when a create leaves them out. */
  readonly own?: readonly string[]
  /** The status of a create without a tenant (null), where there is such a thing. */
  readonly withoutTenant?: 400 | 403
}

export interface Fixture {
  /** Every field shown to an administrator. */
  readonly fields: readonly string[]
  /** Fields that are taken and never shown. */
  readonly writeOnly?: readonly string[]
  /** Fields that are ignored when sent. */
  readonly readOnly: readonly string[]
  /** Fields that are ignored when sent to a row that is there. */
  readonly createOnly?: readonly string[]
  /** Fields a create must have. */
  readonly required: readonly string[]
  /** Fields that the smallest body has besides, since one of several must be there. */
  readonly oneOf?: readonly string[]
  /** Fields that follow from others: a write of those changes them. */
  readonly follows?: readonly string[]
  /** Fields of which what is sent and what is stored differ; their own tests send them. */
  readonly apart?: readonly string[]
  /** Relations that a name of the other row may stand for. */
  readonly named?: readonly string[]
  /** Fields never filterable, and shown to the roles that have `secrets` only. */
  readonly secrets?: readonly string[]
  readonly order: readonly string[]
  /** Columns that an exact filter by a field looks into as well. */
  readonly also?: Readonly<Record<string, readonly string[]>>
  /** `next` carries a cursor beside the page number. */
  readonly long?: true
  /** Which rows of the table are the resource's; all when left out. */
  rows?(row: Row): boolean
  owner(row: Row, tables: Tables, stage: Stage): Owner
  /** The values that make a row an owner's; undefined where rows cannot be made for that owner. */
  place(stage: Stage, owner: Owner): Values | undefined
  /** An owner's row that is there, for owners who have no others. */
  existing?(stage: Stage, owner: Owner): Id | undefined
  /** Makes a row in the database, where a plain insert does not. Gives its key. */
  insert?(stage: Stage, owner: Owner, n: number): Promise<Id>
  /** What else belongs to a row that was inserted. */
  inserted?(stage: Stage, owner: Owner, id: Id): Promise<void>
  /** Values of a body that the model cannot tell. */
  body?(stage: Stage, n: number, owner: Owner): Promise<Values> | Values
  /** The n-th value of fields whose text has a form that the model cannot tell; of two neighbours each is another. */
  readonly formed?: Readonly<Record<string, (n: number) => unknown>>
  /** Values the server fills in when a create leaves them out, where they are not the columns' defaults. */
  filled?(body: Values, stage: Stage): Values
  readonly expected: Readonly<Record<Role, Expected | 'nothing'>>
}

const ALL: readonly Right[] = ['list', 'retrieve', 'create', 'update', 'delete']

/** An administrator's: everything of everybody. */
export const everythingOfAll: Expected = { rights: ALL, sees: OWNERS, secrets: true }

/** Everything, of one's own tenant. */
export const everythingOfTenant: Expected = { rights: ALL, sees: ['user', 'tenant', 'superior'], secrets: true }

/** The columns that close most rows; all set by the server. */
export const AUDIT = ['created', 'updated', 'synchronised', 'updated_by'] as const

export const words = (text: string): string[] => text.trim().split(/\s+/)
