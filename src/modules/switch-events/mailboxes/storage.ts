/** Files of a switch that this server can read. */
import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'
import type { Readable } from 'node:stream'
import type { SwitchStorage } from '../../../config/switch-storage.ts'

/**
 * Opens the file of a message; undefined: it cannot be reached from here. It has to be in the folder of its own mailbox,
 * and below the root with all links followed: no path leads anywhere else, whoever made it up.
 */
export async function openMessage(
  folders: readonly SwitchStorage[],
  switchName: string,
  mailbox: string,
  path: string,
): Promise<Readable | undefined> {
  if (path.includes('\0') || !path.startsWith('/') || path !== posix.normalize(path)) return undefined
  if (!isInMailbox(path, mailbox)) return undefined
  for (const { switchName: of, there, here } of folders) {
    const below = posix.relative(there, path)
    if ((of !== null && of !== switchName) || below === '' || below.startsWith('..')) continue
    const file = await openBelow(here, join(here, below))
    if (file) return file
  }
  return undefined
}

/** `…/DOMAIN/USER/file`, or `…/DOMAIN/voicemail/USER/file`. */
function isInMailbox(path: string, mailbox: string): boolean {
  const at = mailbox.lastIndexOf('@')
  const [user, domain] = [mailbox.slice(0, at), mailbox.slice(at + 1).toLowerCase()]
  const [own, above, further] = path.split('/').slice(0, -1).reverse()
  if (own !== user) return false
  return above?.toLowerCase() === domain || (above === 'voicemail' && further?.toLowerCase() === domain)
}

async function openBelow(root: string, path: string): Promise<Readable | undefined> {
  try {
    const [top, real] = await Promise.all([realpath(root), realpath(path)])
    if (!real.startsWith(top.endsWith(sep) ? top : `${top}${sep}`)) return undefined
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if ((await file.stat()).isFile()) return file.createReadStream()
    await file.close()
    return undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM'].includes((error as { code?: string }).code ?? '')) {
      return undefined
    }
    throw error
  }
}
