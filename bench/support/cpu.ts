/** Processor time that processes have taken: steadier than the clock on a machine that others use, too. */
import { readdirSync, readFileSync } from 'node:fs'

/** Of a process and all its children, those that ended among them, in milliseconds; undefined outside Linux. */
export function processorTime(pid: number): number | undefined {
  try {
    return ownTime(pid) + childrenOf(pid).reduce((sum, child) => sum + (processorTime(child) ?? 0), 0)
  } catch {
    return undefined // ended meanwhile, or not Linux
  }
}

/** The kernel's clock ticks are hundredths of a second on every Linux there is. */
const TICK_MS = 10

/** User and system time, with that of children which have ended. */
const ownTime = (pid: number): number =>
  statOf(pid)
    .slice(11, 15)
    .reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)

function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(pid)[1])
  } catch {
    return undefined
  }
}

/** The fields of /proc/PID/stat from the third, the state, on: the second is a name, with any character in it. */
const statOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')
