import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Whom PostgreSQL runs as when this process is root, which PostgreSQL refuses to run as. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** Undefined: as whoever runs this process. Existing data decides: PostgreSQL only runs as the owner of its data. */
export function userFor(dataPath: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const data = statSync(dataPath, { throwIfNoEntry: false })
  if (data && data.uid !== 0) return { uid: data.uid, gid: data.gid }
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [id('-u', name), id('-g', name)]
    if (uid && gid) return { uid, gid }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as: ' +
      'start pbx-api as another user, or set DATABASE_URL.',
  )
}

/** Whether the user gets through to the path, of which the last part need not exist yet. */
export function canReach(user: SystemUser | undefined, path: string): boolean {
  if (!user) return true
  const exists = statSync(path, { throwIfNoEntry: false }) !== undefined
  if (!exists) return basename(path) !== '' && canReach(user, dirname(path))
  try {
    // Asked of the system as that user: modes, access lists and mount options all count.
    execFileSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/', stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function id(option: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: 'pipe' })) || undefined
  } catch {
    return undefined
  }
}
