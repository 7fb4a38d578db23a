import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { inject } from 'vitest'
import { type AppConfig, buildApp } from '../../src/app.ts'
import { type Content, createDatabase } from './database.ts'
import type { People, Tenant, TestUser } from './people.ts'
import { quietConfig } from './quiet-config.ts'
import { SCRATCH } from './scratch.ts'

export { type Tenant, type TestUser, testUser } from './people.ts'

/** A served application on a database of its own. */
export interface TestApp {
  readonly app: FastifyInstance
  /** Sends a request as the holder of a token, or as nobody; the body is JSON unless headers say otherwise. */
  call(
    token: string | null,
    method: string,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | number | undefined>
  readonly text: string
  /** The body as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely in tests
  readonly json: any
}

/** Modules in place of the application's own. */
type Modules = Parameters<typeof buildApp>[1]

/** A silent application without rate limits; `changes` replace parts of its configuration, `variables` are its environment. */
export const testApp = (
  changes: Partial<AppConfig> = {},
  modules?: Modules,
  variables: Readonly<Record<string, string>> = {},
): Promise<TestApp> => start('started', changes, modules, variables)

async function start(
  content: Content,
  changes: Partial<AppConfig>,
  modules?: Modules,
  variables: Readonly<Record<string, string>> = {},
): Promise<TestApp> {
  const database = await createDatabase(content)
  const mediaRoot = await mkdtemp(join(SCRATCH, 'pbx-api-media-'))
  const config = quietConfig({ MEDIA_ROOT: mediaRoot, DATABASE_URL: database.url, ...variables })
  const app = await buildApp({ ...config, databaseUrl: database.url, ...changes }, modules)
  return {
    app,
    call: (token, method, url, body, headers = {}) => call(app, token, method, url, body, headers),
    async close() {
      await app.close()
      await database.drop()
      await rm(mediaRoot, { recursive: true, force: true })
    },
  }
}

async function call(
  app: FastifyInstance,
  token: string | null,
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const answer = await app.inject({
    method: method as InjectOptions['method'],
    url,
    headers: { ...(token && { authorization: `Token ${token}` }), ...headers },
    ...(body !== undefined && { payload: body as InjectOptions['payload'] }),
  } as InjectOptions)
  let json: unknown
  try {
    json = JSON.parse(answer.body)
  } catch {
    json = undefined
  }
  return { status: answer.statusCode, headers: answer.headers, text: answer.body, json }
}

/** An application with people in it. */
export interface World extends TestApp, People {}

/** An application with {@link People} in it, on a database that was started with them before. */
export async function testWorld(
  changes: Partial<AppConfig> = {},
  modules?: Modules,
  variables?: Readonly<Record<string, string>>,
): Promise<World> {
  const served = await start('people', changes, modules, variables)
  return { ...served, ...inject('cluster').people }
}

/** Makes an extension in a tenant and gives it to the user, if any. */
export async function testExtension(
  world: World,
  tenant: Tenant,
  extension: string,
  owner?: TestUser,
): Promise<string> {
  const data = { domain_id: tenant.id, extension, password: 'pw' }
  const { id } = await world.app.prisma.extension.create({ data })
  if (owner) await world.app.prisma.extensionUser.create({ data: { extension_id: id, user_uuid: owner.userUuid } })
  return id
}
