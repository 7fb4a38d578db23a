import type { FastifyInstance } from 'fastify'
import { createToken } from '../../src/auth/tokens.ts'
import { createUser } from '../../src/auth/users.ts'
import type { Role } from '../../src/rest/caller.ts'

export interface TestUser {
  readonly id: number
  readonly username: string
  readonly profileId: number
  readonly userUuid: string
  readonly token: string
}

/** A tenant with a user of each role that a tenant can have. */
export interface Tenant {
  readonly id: string
  readonly name: string
  readonly minor: TestUser
  readonly user: TestUser
}

/** Two tenants and an administrator, as most tests need them. */
export interface People {
  readonly admin: TestUser
  /** In none of the groups that give a role. */
  readonly nobody: TestUser
  readonly acme: Tenant
  readonly rival: Tenant
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

export async function makePeople(app: FastifyInstance): Promise<People> {
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
    admin: await testUser(app, 'root', ['admin_api'], null),
    nobody: await testUser(app, 'nobody', [], null),
    acme: await tenant('acme.example'),
    rival: await tenant('rival.example'),
  }
}
