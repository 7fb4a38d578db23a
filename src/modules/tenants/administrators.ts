/** Somebody must be left who can administer the system: nobody else could make an administrator again. */
import { ValidationError } from '../../rest/errors.ts'
import type { WriteContext } from '../../rest/resource.ts'
import { Sql } from '../../rest/sql.ts'

const ONE_IS_LEFT = `SELECT EXISTS (
  SELECT FROM "users" u LEFT JOIN "profiles" p ON p."user_id" = u."id"
  WHERE u."is_active" AND coalesce(p."enabled", true) AND (u."is_superuser" OR EXISTS (
    SELECT FROM "user_groups" ug JOIN "groups" g ON g."id" = ug."group_id"
    WHERE ug."user_id" = u."id" AND g."name" = 'admin_api')))`

/** To be asked after a write that may have taken away an administrator; refuses it if that was the last one. */
export async function keepAnAdministrator({ tx, caller }: WriteContext): Promise<void> {
  // Nobody else can touch one.
  if (caller.role !== 'admin_api') return
  // Two who take away one another take turns: the second meets what the first did.
  await tx.find('Group', { name: 'admin_api' }, { lock: true })
  const [[isLeft] = []] = await tx.run(new Sql().statement(ONE_IS_LEFT))
  if (isLeft) return
  const sentence = 'This is the last active administrator: make another one first.'
  throw new ValidationError({ non_field_errors: [sentence] })
}
