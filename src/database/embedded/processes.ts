import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const HAS_PROC = existsSync('/proc/self/stat')

/** Whether a process runs; one that ended and only waits for its parent does not. */
export function isRunning(pid: number): boolean {
  if (HAS_PROC) return startOf(pid) !== undefined
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // it runs, for another user
  }
}

/**
 * Tells a process from a later one that got the same number: when it started, as exactly as the system knows.
 * undefined: it does not run.
 */
export function processIdentity(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined
  const start = HAS_PROC ? `${bootId()} ${startOf(pid)}` : ps(pid, 'lstart=')
  return `${pid} ${start ?? ''}`.trim()
}

/** The command line of a process, its words separated by spaces, where the system shows it. */
export function commandOf(pid: number): string | undefined {
  if (!HAS_PROC) return ps(pid, 'args=')
  const words = read(`/proc/${pid}/cmdline`)
  return words?.replaceAll('\0', ' ').trim() || undefined
}

/** Clock ticks from boot to the start of the process. */
function startOf(pid: number): string | undefined {
  // The second field is the program's name in brackets, which may hold anything.
  const fields = read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ')
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19]
}

const bootId = () => read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function ps(pid: number, column: string): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim() || undefined
    )
  } catch {
    return undefined // no such process, or no ps
  }
}
