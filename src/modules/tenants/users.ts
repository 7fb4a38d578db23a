import { checkPassword, hashPassword } from '../../auth/passwords.ts'
import { everything, rights } from '../../rest/access.ts'
import type { Row } from '../../rest/model/model.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { peopleOfOwnDomain } from '../access.ts'
import { exactTextInput } from '../inputs.ts'
import { keepAnAdministrator } from './administrators.ts'
import { groupsInput, writeGroups } from './memberships.ts'

const LONGEST_PASSWORD = 128

/** People who sign in. Each has a profile, made with it, which says whose tenant it is. */
export const users = resource('User', {
  path: 'users',
  tenant: 'profile__domain_id',
  only: ['username', 'email', 'first_name', 'last_name', 'is_active'],
  borrowed: { domain_id: 'profile__domain_id' },
  nested: {
    groups: {
      through: { model: 'UserGroup', here: 'user_id', there: 'group_id' },
      model: 'Group',
      columns: ['name'],
      order: 'name',
      path: 'groups',
      description: 'The groups the user is in; they decide its role. Given as ids or names.',
    },
  },
  inputs: {
    password: exactTextInput('At least 10 characters, not the username, not a common password.', LONGEST_PASSWORD),
    groups: groupsInput,
  },
  order: ['-date_joined'],
  search: ['username', 'email', 'first_name', 'last_name'],
  access: {
    admin_api: everything,
    minor_admin_api: {
      ...peopleOfOwnDomain('profile__domain_id', 'id'),
      own: { domain_id: (caller) => caller.domainId },
      needs: ['domain_id'],
    },
    user_api: {
      ...rights(['list', 'retrieve', 'update'], (caller) => [{ path: 'id', lookup: 'exact', value: caller.userId }]),
      changes: ['first_name', 'last_name', 'email', 'password'],
    },
  },
  refuse({ values, inputs, before }) {
    if (typeof inputs.password !== 'string') return undefined
    const sentences = checkPassword(inputs.password, values?.username ?? before?.username ?? '')
    return sentences.length > 0 ? { password: sentences } : undefined
  },
  within: {
    async create(user, context) {
      const { tx, inputs } = context
      const domain_id = (inputs.domain_id as string | null | undefined) ?? null
      await tx.insert('Profile', { user_id: user.id, username: user.username, email: user.email || null, domain_id })
      await writeAccount(user, context)
    },
    async update(user, before, context) {
      const { tx, inputs } = context
      const changed = {
        ...(user.username !== before.username && { username: user.username }),
        ...(user.email !== before.email && { email: user.email || null }),
        ...(inputs.domain_id !== undefined && { domain_id: inputs.domain_id as string | null }),
      }
      if (Object.keys(changed).length > 0) {
        const found = await tx.update('Profile', { user_id: user.id }, changed)
        // One whose profile was deleted gets a new one.
        if (found === 0) await tx.insert('Profile', { user_id: user.id, username: user.username, ...changed })
      }
      await writeAccount(user, context)
      if (inputs.groups !== undefined || !user.is_active) await keepAnAdministrator(context)
    },
    delete: (_user, context) => keepAnAdministrator(context),
  },
  after: { write: (_user, { services }) => services.callers.settled() },
})

/** The password and the groups, where they were sent. A new password ends the tokens that the old one gave. */
async function writeAccount(user: Row<'User'>, { tx, inputs, caller }: WriteContext): Promise<void> {
  if (inputs.groups !== undefined) await writeGroups(tx, caller, user.id, inputs.groups as (number | string)[])
  if (typeof inputs.password === 'string') {
    const hash = await hashPassword(inputs.password)
    await tx.delete('UserPassword', { user_id: user.id })
    await tx.insert('UserPassword', { user_id: user.id, hash })
    await tx.delete('Token', { user_id: user.id })
  }
}
