import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { processIdentity } from './processes.ts'

/** How long another process that takes over at the same moment has to show itself. */
const TAKE_OVER_MS = 50

/**
 * Makes this process the owner of a data directory, through a file that names it. Returns the number of the process
 * that owns it already, or undefined and then `release` is to be called in the end.
 */
export async function claim(file: string): Promise<{ owner: number } | { owner: undefined; release: () => void }> {
  const own = `${processIdentity(process.pid)}\n`
  const release = () => {
    if (read(file) === own) rmSync(file, { force: true })
  }
  for (;;) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o644 })
      return { owner: undefined, release }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const found = read(file)
    const pid = Number.parseInt(found ?? '', 10)
    if (pid > 0 && `${processIdentity(pid)}\n` === found) return { owner: pid }
    // Its owner was killed. Two processes may find that out together: the later one's name stays.
    rmSync(file, { force: true })
    writeFileSync(file, own, { mode: 0o644 })
    await sleep(TAKE_OVER_MS)
    if (read(file) === own) return { owner: undefined, release }
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
