/** The people and things that conformance tests happen among: a world, and what its rows hang on. */
import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import type { Role } from '../../src/rest/caller.ts'
import type { ModelName } from '../../src/rest/model/model.ts'
import { type Answer, type TestUser, testExtension, testUser, type World } from '../support/app.ts'
import type { Owner } from './fixture.ts'
import type { Row, Tables } from './reference.ts'
import { Snapshot } from './snapshot.ts'

/** The host requests are sent to, and so that of the URLs in answers. */
const HOST = 'pbx.example.com'
export const BASE_URL = `http://${HOST}`
export const API_URL = `${BASE_URL}/api/`

export interface Stage {
  readonly world: World
  /** An administrator of the whole system who belongs to acme. */
  readonly superior: TestUser
  /** A minor administrator who belongs to no tenant. */
  readonly homeless: TestUser
  /** Extensions that rows can hang on; the user's is acme's user's. */
  readonly extensions: Readonly<Record<'user' | 'tenant' | 'rival', string>>
  /** A number nobody had before, for values that must be unique. */
  next(): number
  /** Who plays a role: of acme, except for the administrator. */
  caller(role: Role): TestUser
  /** A request; `token` null is nobody's. */
  send(
    token: string | null,
    method: string,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** What a model's table holds now. */
  table(model: ModelName): Promise<readonly Row[]>
  /** What all tables hold now, or those that rows of one model may lead to, and its own. */
  tables(own?: ModelName): Promise<Tables>
  /** To be called after writing to the database past the API. */
  changed(): void
}

/** Sets the stage in a world. */
export async function setStage(world: World): Promise<Stage> {
  const { app, acme, rival } = world
  const snapshot = await Snapshot.of(app.pool, app.registry)
  let counter = 0
  const callers = { admin_api: world.admin, minor_admin_api: acme.minor, user_api: acme.user }
  return {
    world,
    superior: await testUser(app, `superior@${acme.name}`, ['admin_api'], acme.id),
    homeless: await testUser(app, 'homeless', ['minor_admin_api'], null),
    extensions: {
      user: await testExtension(world, acme, 'own', acme.user),
      tenant: await testExtension(world, acme, 'other', acme.minor),
      rival: await testExtension(world, rival, 'own', rival.user),
    },
    next: () => counter++,
    caller: (role) => callers[role],
    async send(token, method, url, body, headers = {}) {
      if (!['GET', 'HEAD', 'OPTIONS'].includes(method)) snapshot.changed()
      return world.call(token, method, url, body, { host: HOST, ...headers })
    },
    table: (name) => snapshot.table(name),
    tables: (own) => snapshot.tables(own),
    changed: () => snapshot.changed(),
  }
}

/** The user whom rows of an owner belong to, for what hangs on users. */
export function userOf(stage: Stage, owner: Owner): TestUser {
  const { acme, rival, admin } = stage.world
  return { user: acme.user, tenant: acme.minor, superior: stage.superior, rival: rival.user, system: admin }[owner]
}

/**
 * Where the statements go of what is being watched; the server's own work meanwhile has no such place. There is one for
 * all, since each store that was ever used is carried along by every promise from then on.
 */
const watched = new AsyncLocalStorage<string[]>()

/** The statements that `work` sends to PostgreSQL, but for looking up callers, who are remembered. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = []
  const prototype = pg.Client.prototype as unknown as { query: (...input: unknown[]) => unknown }
  const original = prototype.query
  prototype.query = function (this: unknown, ...input) {
    const [first] = input
    const text = typeof first === 'string' ? first : (first as { text?: string } | undefined)?.text
    if (text !== undefined) watched.getStore()?.push(text)
    return original.apply(this, input)
  }
  try {
    await watched.run(texts, work)
  } finally {
    prototype.query = original
  }
  return texts.filter((text) => !/\btokens\b/.test(text))
}
