/** The resources of the server, compiled: what is asked of each role, and which resource answers for a model. */
import type { Access, Predicate } from './access.ts'
import type { Command, Feed, Report } from './asking.ts'
import { type Caller, type Right, ROLES, type Role } from './caller.ts'
import { type Field, fieldsOf } from './fields.ts'
import { columnAt, type Model, type ModelName, modelOf } from './model/model.ts'
import { checkPredicates } from './read/where.ts'
import type { Resource } from './resource.ts'

/** What one role sees of a resource. */
export interface View {
  readonly role: Role
  readonly access: Access
  /** Shown fields by name, in order. */
  readonly shown: ReadonlyMap<string, Field>
  /** Fields it can filter by: shown ones that are columns, and those that are there for it. */
  readonly filters: ReadonlySet<string>
}

export interface Compiled {
  readonly resource: Resource
  readonly model: Model
  readonly fields: ReadonlyMap<string, Field>
  readonly views: ReadonlyMap<Role, View>
  readonly registry: Registry
}

const ANYONE: Caller = {
  userId: 0,
  username: '',
  role: null,
  groups: [],
  domainId: null,
  userUuid: null,
  profileId: null,
  tokenId: 0,
}

export class Registry {
  readonly timeZone: string
  private readonly byPath = new Map<string, Compiled>()
  private readonly byModel = new Map<string, Compiled>()
  private readonly reportsByPath = new Map<string, Report | Command | Feed>()
  /** Paths in the order they were added, with the roles that may list them. */
  private readonly index = new Map<string, readonly Role[]>()

  constructor(timeZone: string) {
    this.timeZone = timeZone
  }

  /** Compiles and adds a resource; the first resource of a model answers for it when others refer to its rows. */
  add(resource: Resource): Compiled {
    try {
      if (this.index.has(resource.path)) throw new Error('there is another resource of this path')
      const compiled = compile(resource, this)
      this.byPath.set(resource.path, compiled)
      this.index.set(resource.path, rolesWith(compiled, 'list'))
      if (!this.byModel.has(resource.model)) this.byModel.set(resource.model, compiled)
      return compiled
    } catch (error) {
      throw new Error(`resource ${resource.path}: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Adds a report, a command or a feed; it has a path of its own. */
  addReport<T extends Report | Command | Feed>(report: T): T {
    if (this.index.has(report.path)) throw new Error(`report ${report.path}: there is another resource of this path`)
    this.reportsByPath.set(report.path, report)
    this.index.set(report.path, report.roles)
    return report
  }

  reports(): (Report | Command | Feed)[] {
    return [...this.reportsByPath.values()]
  }

  /** The paths of the collections a role may list, in order. */
  listedFor(role: Role): string[] {
    return [...this.index].filter(([, roles]) => roles.includes(role)).map(([path]) => path)
  }

  /** The resource of a path; an unknown one is a mistake in a definition. */
  at(path: string): Compiled {
    const compiled = this.byPath.get(path)
    if (!compiled) throw new Error(`there is no resource ${path}`)
    return compiled
  }

  all(): Compiled[] {
    return [...this.byPath.values()]
  }

  /** The resource that answers for a model, where one is registered. */
  homeOf(model: ModelName): Compiled | undefined {
    return this.byModel.get(model)
  }

  /** The rows of a model that a caller may refer to, or undefined when its role may see none. */
  scopeOf(model: ModelName, caller: Caller): readonly Predicate[] | undefined {
    const view = caller.role && this.homeOf(model)?.views.get(caller.role)
    return view ? view.access.rights.retrieve?.(caller) : undefined
  }
}

/** The roles that have a right on a resource. */
export function rolesWith(compiled: Compiled, right: Right): Role[] {
  return ROLES.filter((role) => compiled.views.get(role)?.access.rights[right])
}

function compile(resource: Resource, registry: Registry): Compiled {
  const model = modelOf(resource.model)
  const fields = new Map(fieldsOf(resource, registry.timeZone).map((field) => [field.name, field]))
  checkDefinition(resource, model, fields)
  const views = new Map<Role, View>()
  for (const role of ROLES) {
    const access = resource.access[role]
    if (!access) continue
    checkAccess(role, access, model, fields, new Set(Object.keys(resource.inputs ?? {})))
    const hides = new Set(access.hides)
    const visible = (f: Field) => f.shown && !hides.has(f.name) && (access.secrets || !f.column?.secret)
    const shown = new Map([...fields].filter(([, field]) => visible(field)))
    const filters = new Set([...fields.values()].filter(isFilter(shown)).map((field) => field.name))
    views.set(role, { role, access, shown, filters })
  }
  return { resource, model, fields, views, registry }
}

const isFilter = (shown: ReadonlyMap<string, Field>) => (field: Field) =>
  Boolean((shown.has(field.name) || field.filtersOnly) && field.path && !field.column?.secret)

function checkDefinition(resource: Resource, model: Model, fields: ReadonlyMap<string, Field>): void {
  for (const name of resource.order) columnAt(model, name.replace(/^-/, ''))
  for (const path of resource.search) {
    const column = columnAt(model, path)
    if (column.secret) throw new Error(`search names ${path}, which is secret`)
  }
  const {
    required = [],
    readOnly = [],
    writeOnly = [],
    createOnly = [],
    lookedUp = [],
    fill = {},
    borrowed = {},
  } = resource
  for (const name of [...required, ...readOnly, ...writeOnly, ...createOnly]) {
    if (!fields.get(name)) throw new Error(`${name} is required, read-only, write-only or create-only, but no field`)
  }
  for (const name of lookedUp) {
    if (!fields.get(name)?.column?.references) throw new Error(`lookedUp names ${name}, which is no relation`)
  }
  for (const name of Object.keys(fill)) columnAt(model, name)
  if (resource.tenant !== undefined) columnAt(model, resource.tenant)
  for (const action of Object.values(resource.links ?? {})) {
    if (resource.actions?.[action]?.on !== 'row') throw new Error(`a link names ${action}, which is no action on a row`)
  }
  for (const [name, other] of Object.entries(resource.named ?? {})) {
    const hop = model.hops.get(name)
    if (!hop) throw new Error(`named has ${name}, which is no relation`)
    columnAt(modelOf(hop.model), other)
  }
  for (const path of [...Object.values(fill), ...Object.values(borrowed)]) {
    columnAt(model, path)
    if (path.split('__').length !== 2) throw new Error(`${path} is not a column one relation away`)
  }
  for (const name of [...Object.keys(resource.where ?? {}), ...Object.keys(resource.defaults ?? {})])
    columnAt(model, name)
  for (const name of Object.values(resource.flags ?? {})) {
    if (!fields.get(name)?.shown) throw new Error(`a flag leaves out ${name}, which is no field that is shown`)
  }
  if (resource.long && (resource.borrowed || resource.nested)) {
    throw new Error('long lists are ordered by columns of their own: nothing can be borrowed or nested')
  }
  for (const [name, others] of Object.entries(resource.determines ?? {})) {
    for (const one of [name, ...others]) columnAt(model, one)
  }
  checkTotals(resource, model)
  checkMedia(resource, model)
  for (const [name, others] of Object.entries(resource.also ?? {})) {
    const { type } = columnAt(model, name)
    const unlike = others.find((other) => columnAt(model, other).type !== type || columnAt(model, other).secret)
    if (unlike) throw new Error(`also names ${unlike}, which cannot be compared as ${name} is`)
  }
  if (Object.keys(resource.access).length === 0) throw new Error('no role has access')
}

const MEDIA_COLUMNS = ['filename', 'size', 'duration', 'content_type', 'digest', 'stored_as', 'updated']

function checkMedia({ media, tenant, actions = {} }: Resource, model: Model): void {
  if (!media) return
  for (const name of MEDIA_COLUMNS) columnAt(model, name)
  if (tenant === undefined) throw new Error('rows with audio name their tenant: files stand in its folder')
  const taken = ['audio', 'download'].find((name) => actions[name])
  if (taken) throw new Error(`${taken} is the engine's own path of a row with audio`)
}

function checkTotals({ totals, download }: Resource, model: Model): void {
  if (download) columnAt(model, download.time)
  for (const { model: table, time, stretches, by } of totals ?? []) {
    for (const name of [time, ...by]) columnAt(model, name)
    const grain = stretches === 'months' ? [] : ['grain']
    for (const name of [...grain, 'starts_at', 'total', ...by]) columnAt(modelOf(table), name)
  }
}

function checkAccess(
  role: Role,
  access: Access,
  model: Model,
  fields: ReadonlyMap<string, Field>,
  inputs: ReadonlySet<string>,
): void {
  for (const name of [
    ...(access.changes ?? []),
    ...(access.hides ?? []),
    ...(access.needs ?? []),
    ...(access.reserved ?? []),
    ...Object.keys(access.own ?? {}),
  ]) {
    if (!fields.has(name) && !inputs.has(name))
      throw new Error(`the access of ${role} names ${name}, which is no field`)
  }
  checkPredicates(model, access.systemWide ?? [])
  for (const rows of Object.values(access.rights)) checkPredicates(model, rows(ANYONE))
}
