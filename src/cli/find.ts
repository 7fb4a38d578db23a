import { type Queries, rowsOf } from '../auth/queries.ts'
import { type ModelName, modelOf } from '../rest/model/model.ts'
import { textParser } from '../rest/values/text.ts'
import { CliError } from './errors.ts'

/** The id of a user, by name. */
export async function findUserId(queries: Queries, username: string): Promise<number> {
  const [user] = await rowsOf<{ id: number }>(queries, 'SELECT id FROM users WHERE username = $1', [username])
  if (!user) throw new CliError(`There is no user "${username}".`)
  return user.id
}

/** The id of a domain, by name. */
export async function findDomainId(queries: Queries, name: string): Promise<string> {
  const [domain] = await rowsOf<{ id: string }>(queries, 'SELECT id FROM domains WHERE name = $1', [name])
  if (!domain) throw new CliError(`There is no domain "${name}".`)
  return domain.id
}

/** An argument as the API would take it for that column; an error in the API's words otherwise. */
export function columnText(model: ModelName, name: string, value: string): string {
  const outcome = textParser(modelOf(model).columns.get(name)!)(value)
  if (!outcome.ok) throw new CliError(`${name}: ${outcome.error}`)
  return outcome.value as string
}
