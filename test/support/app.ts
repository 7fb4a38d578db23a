import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { type AppConfig, buildApp } from '../../src/app.ts'
import { createToken } from '../../src/auth/tokens.ts'
import { createUser } from '../../src/auth/users.ts'
import { readConfig } from '../../src/config.ts'
import type { Role } from '../../src/rest/caller.ts'
import { createDatabase } from './database.ts'

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
export async function testApp(
  changes: Partial<AppConfig> = {},
  modules?: Modules,
  variables: Readonly<Record<string, string>> = {},
): Promise<TestApp> {
  const database = await createDatabase()
  const mediaRoot = await mkdtemp(join(tmpdir(), 'pbx-api-media-'))
  const config = readConfig({
    MEDIA_ROOT: mediaRoot,
    LOG_LEVEL: 'silent',
    RATE_LIMIT_MAX: '0',
    DATABASE_POOL_SIZE: '5',
    DATABASE_URL: database.url,
    ...variables,
  })
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

/** A tenant with a user of each role that a tenant can have. */
export interface Tenant {
  readonly id: string
  readonly name: string
  readonly minor: TestUser
  readonly user: TestUser
}

export interface TestUser {
  readonly id: number
  readonly username: string
  readonly profileId: number
  readonly userUuid: string
  readonly token: string
}

/** Two tenants and an administrator, as most tests need them. */
export interface World extends TestApp {
  readonly admin: TestUser
  /** In none of the groups that give a role. */
  readonly nobody: TestUser
  readonly acme: Tenant
  readonly rival: Tenant
}

/** An application with {@link World}'s people in it. */
export async function testWorld(
  changes: Partial<AppConfig> = {},
  modules?: Modules,
  variables?: Readonly<Record<string, string>>,
): Promise<World> {
  const served = await testApp(changes, modules, variables)
  const { app } = served
  const tenant = async (name: string): Promise<Tenant> => {
    const { id } = await app.prisma.domain.create({ data: { name, portal_name: `${name}.portal` } })
    return {
      id,
      name,
      minor: await testUser(app, `minor@${name}`, ['minor_admin_api'], id),
      user: await testUser(app, `user@${name}`, ['user_api'], id),
    }
  }
  return {
    ...served,
    admin: await testUser(app, 'root', ['admin_api'], null),
    nobody: await testUser(app, 'nobody', [], null),
    acme: await tenant('acme.example'),
    rival: await tenant('rival.example'),
  }
}

/** A user without a password, with a token. */
export async function testUser(
  app: FastifyInstance,
  username: string,
  groups: readonly (Role | string)[],
  domainId: string | null,
): Promise<TestUser> {
  const id = await createUser(app.pool, { username, groups, domainId })
  const profile = await app.prisma.profile.findUniqueOrThrow({ where: { user_id: id } })
  const { key } = await createToken(app.pool, { userId: id, name: 'test', expires: null })
  return { id, username, profileId: profile.id, userUuid: profile.user_uuid, token: key }
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
