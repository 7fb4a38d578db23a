import { statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 4 * 2 ** 30

/**
 * Where the run keeps what it throws away. A database is some 600 files, and a disk takes ten times as long as memory to
 * make them; where memory is short, or shared memory small as in a container, the disk has to do.
 */
export const SCRATCH: string = isRoomy() ? MEMORY : tmpdir()

function isRoomy(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= ENOUGH_BYTES && freemem() >= ENOUGH_BYTES
  } catch {
    return false
  }
}
