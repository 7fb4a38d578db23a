/** A resource under test: its rows, seeded once, and the words in which checks ask for them. */
import { expect } from 'vitest'
import type { Role } from '../../src/rest/caller.ts'
import { type Column, columnAt, modelOf } from '../../src/rest/model/model.ts'
import type { Compiled } from '../../src/rest/registry.ts'
import type { Answer } from '../support/app.ts'
import { type Expected, type Fixture, OWNERS, type Owner, type Values } from './fixture.ts'
import { cellOf, compare, follow, type Id, insertRow, pathOf, type Row, type Tables } from './reference.ts'
import { another, sample, sampleRow, shifted } from './samples.ts'
import { API_URL, type Stage } from './stage.ts'

/** Enough for a second page of the usual size, and few enough for one of the largest. */
const SEEDED = 28
export const LARGEST_PAGE = 100

export interface Check {
  /** The guarantee. */
  readonly name: string
  run(): Promise<void>
}

export class Subject {
  readonly stage: Stage
  readonly compiled: Compiled
  readonly fixture: Fixture
  readonly path: string
  readonly url: string
  private placed: ReadonlySet<string> | undefined
  private seeding: Promise<void> | undefined

  constructor(stage: Stage, compiled: Compiled, fixture: Fixture) {
    this.stage = stage
    this.compiled = compiled
    this.fixture = fixture
    this.path = compiled.resource.path
    this.url = `/api/${this.path}/`
  }

  get key(): string {
    return this.compiled.model.primaryKey.name
  }

  /** Makes rows of every owner, once. */
  prepare(): Promise<void> {
    this.seeding ??= this.seed()
    return this.seeding
  }

  private async seed(): Promise<void> {
    const owners = OWNERS.filter((owner) => this.fixture.place(this.stage, owner))
    for (let n = 0; n < SEEDED; n++) await this.insert(owners[n % owners.length]!)
  }

  /** Makes a row of an owner past the API; where none can be made, the owner's row that is there. */
  async insert(owner: Owner): Promise<Id> {
    const { fixture, stage } = this
    const n = stage.next()
    const place = fixture.place(stage, owner)
    if (!place) {
      const existing = fixture.existing?.(stage, owner)
      if (existing === undefined) throw new Error(`the fixture of ${this.path} tells of no row of ${owner}`)
      return existing
    }
    const id = (await fixture.insert?.(stage, owner, n)) ?? (await this.insertRow({ ...place }, n))
    await fixture.inserted?.(stage, owner, id)
    stage.changed()
    return id
  }

  private async insertRow(place: Values, n: number): Promise<Id> {
    const { model, resource } = this.compiled
    const row = sampleRow(model, n)
    for (const [name, form] of Object.entries(this.fixture.formed ?? {})) {
      if (row[name] !== null && row[name] !== '') row[name] = form(shifted(name, n))
    }
    const values = { ...row, ...place, ...resource.where }
    return insertRow(this.stage.world.app.pool, model, values)
  }

  /** Whether an owner has a row, or can be given one. */
  hasRowsOf(owner: Owner): boolean {
    const { fixture, stage } = this
    return fixture.place(stage, owner) !== undefined || fixture.existing?.(stage, owner) !== undefined
  }

  tables(): Promise<Tables> {
    return this.stage.tables(this.compiled.model.name)
  }

  /** The resource's rows, of everybody. */
  async rows(): Promise<Row[]> {
    const all = await this.stage.table(this.compiled.model.name)
    return this.fixture.rows ? all.filter((row) => this.fixture.rows!(row)) : [...all]
  }

  async rowsOf(owners: readonly Owner[]): Promise<Row[]> {
    const tables = await this.tables()
    return (await this.rows()).filter((row) => owners.includes(this.fixture.owner(row, tables, this.stage)))
  }

  /** The row with a key, or undefined. */
  async find(id: Id): Promise<Row | undefined> {
    return (await this.rows()).find((row) => String(row[this.key]) === String(id))
  }

  /** The path to the column a field stands for, by the definition; nested rows and the url stand for none. */
  pathOf(name: string): string | undefined {
    return pathOf(this.compiled.resource, name)
  }

  column(name: string): Column | undefined {
    const path = this.pathOf(name)
    return path === undefined ? undefined : columnAt(modelOf(this.compiled.resource.model), path)
  }

  /** Fields shown to an administrator that stand for columns, without secrets: what filters and orders go by. */
  get plainColumns(): [string, Column][] {
    return this.fixture.fields.flatMap((name): [string, Column][] => {
      const column = this.column(name)
      return column && !this.fixture.secrets?.includes(name) ? [[name, column]] : []
    })
  }

  /** Fields a create takes that stand for columns, as they are sent. */
  get writable(): [string, Column][] {
    const { fields, writeOnly = [], readOnly, apart = [] } = this.fixture
    return [...fields, ...writeOnly].flatMap((name): [string, Column][] => {
      const column = this.column(name)
      return column && ![...readOnly, ...apart].includes(name) ? [[name, column]] : []
    })
  }

  /** The value a field of a row must have. */
  value(tables: Tables, row: Row, name: string): unknown {
    return cellOf(tables, this.compiled.resource, row, name, API_URL)
  }

  /** A row as an administrator must see it, or another with only some fields. */
  async shown(row: Row, fields: readonly string[] = this.fixture.fields): Promise<Values> {
    const further = fields.some((name) => name !== 'url' && this.pathOf(name) !== name)
    const tables = further ? await this.tables() : new Map()
    return Object.fromEntries(fields.map((name) => [name, this.value(tables, row, name)]))
  }

  /** Rows in the order of fields, `-` for descending, at last by key. */
  async sorted(rows: readonly Row[], order: readonly string[]): Promise<Row[]> {
    const tables = await this.tables()
    const terms = [...order, this.key].map((term) => ({ path: term.replace(/^-/, ''), down: term.startsWith('-') }))
    const model = modelOf(this.compiled.model.name)
    const at = (row: Row, path: string) => follow(tables, model, row, this.pathOf(path) ?? path)
    return [...rows].sort((a, b) => {
      for (const { path, down } of terms) {
        const result = compare(at(a, path), at(b, path))
        if (result !== 0) return down ? -result : result
      }
      return 0
    })
  }

  idsOf(rows: readonly Row[]): Id[] {
    return rows.map((row) => row[this.key] as Id)
  }

  /** A body for a create: the fields it must have, or every field it takes. */
  async body(kind: 'minimal' | 'full', owner: Owner, extra: readonly string[] = []): Promise<Values> {
    const { fixture, stage } = this
    const n = stage.next()
    const place = fixture.place(stage, owner) ?? {}
    const told = (await fixture.body?.(stage, n, owner)) ?? {}
    const needed = new Set([...fixture.required, ...(fixture.oneOf ?? []), ...extra])
    const values: Values = {}
    for (const [name, column] of this.writable) {
      if (kind === 'minimal' && !needed.has(name)) continue
      if (name in told) values[name] = told[name]
      else if (name in place) values[name] = place[name]
      else if (!column.references) values[name] = this.sample(name, column, shifted(name, n))
    }
    return values
  }

  /** The n-th value of a field. */
  sample(name: string, column: Column, n: number): unknown {
    return this.fixture.formed?.[name]?.(n) ?? sample(column, n)
  }

  /** A value of a field that differs from the one given. */
  another(name: string, column: Column, value: unknown): unknown {
    return another(name, column, value, this.stage.next(), (n) => this.sample(name, column, n))
  }

  /** Whether a field says whose a row is, and so takes values of its owner's only. */
  places(name: string): boolean {
    const { fixture, stage } = this
    this.placed ??= new Set(OWNERS.flatMap((owner) => Object.keys(fixture.place(stage, owner) ?? {})))
    return this.placed.has(name)
  }

  /** The owner for whom an administrator's creates are made. */
  get anyOwner(): Owner {
    return OWNERS.find((owner) => this.fixture.place(this.stage, owner) && owner !== 'user') ?? 'user'
  }

  expected(role: Role): Expected | undefined {
    const expected = this.fixture.expected[role]
    return expected === 'nothing' ? undefined : expected
  }

  /** Fields a role sees. */
  fieldsOf(role: Role): string[] {
    const secrets = this.expected(role)?.secrets ? [] : (this.fixture.secrets ?? [])
    return this.fixture.fields.filter((name) => !secrets.includes(name))
  }

  /** Sends a request as one of a role. */
  as(role: Role, method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.stage.send(this.stage.caller(role).token, method, url, body, headers)
  }

  admin(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.as('admin_api', method, url, body, headers)
  }

  /** A list of an administrator's, which must be answered. */
  async list(query: string, role: Role = 'admin_api', headers?: Record<string, string>): Promise<ListBody> {
    const answer = await this.as(role, 'GET', `${this.url}${query}`, undefined, headers)
    expect(answer.status, `GET ${this.url}${query}: ${answer.text.slice(0, 300)}`).toBe(200)
    return answer.json as ListBody
  }

  /** The keys of all rows that a query finds, over all pages. */
  async ids(parameters: Readonly<Record<string, string>> = {}, role: Role = 'admin_api'): Promise<Id[]> {
    const ids: Id[] = []
    for (let page = 1; ; page++) {
      const query = { fields: this.key, ...parameters, page_size: String(LARGEST_PAGE), page: String(page) }
      const body = await this.list(`?${new URLSearchParams(query)}`, role)
      ids.push(...body.results.map((row) => row[this.key] as Id))
      if (body.next === null) {
        expect(body.count, `the count of ${JSON.stringify(parameters)}`).toBe(ids.length)
        return ids
      }
    }
  }

  rowUrl(id: Id): string {
    return `${this.url}${id}/`
  }

  /** Makes a row through the API as an administrator. */
  async created(body: Values): Promise<Values & { id: Id }> {
    const answer = await this.admin('POST', this.url, body)
    expect(answer.status, `POST ${this.url} ${JSON.stringify(body)}: ${answer.text.slice(0, 500)}`).toBe(201)
    return answer.json as Values & { id: Id }
  }
}

export interface ListBody {
  readonly count: number | null
  readonly next: string | null
  readonly previous: string | null
  readonly results: (Values & { id: Id })[]
}
