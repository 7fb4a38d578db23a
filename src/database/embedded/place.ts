import { createHash } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { canReach, type SystemUser, userFor } from './user.ts'

export interface Place {
  /** Where data, password and log are. */
  readonly directory: string
  /** Whom PostgreSQL runs as; undefined: as this process. */
  readonly user: SystemUser | undefined
}

/** PostgreSQL's own directory inside a place. */
export const dataPathIn = (directory: string) => join(directory, 'postgresql')

/**
 * Where the data of `dataDirectory` is kept: there, or, when PostgreSQL's user may not enter it (a clone below /root),
 * in a directory of the system that is named after it.
 */
export function findPlace(dataDirectory: string, log: (message: string) => void): Place {
  const wanted = resolve(dataDirectory)
  const parent = dirname(existsSync(wanted) ? realpathSync(wanted) : wanted)
  const user = userFor(dataPathIn(wanted))
  const hasData = existsSync(dataPathIn(wanted))
  const reachable = canReach(user, parent) // the directory itself is opened below
  if (hasData && !reachable) {
    throw new Error(
      `PostgreSQL's user (${user?.uid}) may not enter ${wanted}, which holds its data: ` +
        'open the directories above it (chmod o+x), or set DATABASE_URL.',
    )
  }
  // What was once put elsewhere stays in use, even when the directory has become reachable since.
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
  const existing =
    user &&
    !hasData &&
    systemBases()
      .map((base) => join(base, name))
      .find((path) => existsSync(dataPathIn(path)))
  if (!existing && reachable) {
    makeWritable(wanted)
    if (user) chmodSync(wanted, 0o711) // what is secret in it is closed itself
    return { directory: wanted, user }
  }
  const directory = makeDirectory(existing || join(systemDirectory(), name))
  log(`The data are kept in ${directory}: PostgreSQL's user (${user?.uid}) could not enter ${wanted}`)
  return { directory, user: userFor(dataPathIn(directory)) }
}

/** A directory of the system that every user may enter and only this one may write to. */
export function systemDirectory(): string {
  for (const base of systemBases()) {
    try {
      return makeDirectory(base)
    } catch {
      // Read-only, or somebody else's: the next one.
    }
  }
  throw new Error(`Neither of ${systemBases().join(' and ')} can be used for PostgreSQL: set DATABASE_URL.`)
}

const systemBases = () => ['/var/lib/pbx-api', join(tmpdir(), 'pbx-api')]

function makeDirectory(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o711 })
  const found = lstatSync(path)
  // In a shared directory anybody could have made it beforehand.
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${path} belongs to somebody else`)
  chmodSync(path, 0o711)
  return path
}

function makeWritable(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    const found = lstatSync(path, { throwIfNoEntry: false })
    const reason = found
      ? `it belongs to user ${found.uid}, who probably started pbx-api first`
      : (error as Error).message
    throw new Error(`${path} cannot hold the data: ${reason}. Start pbx-api as another user, or set DATABASE_URL.`)
  }
}
