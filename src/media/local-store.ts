/** Files in a folder, which replicas share: `<tenant, or shared>/<resource>/<uuid>.<wav or mp3>`. */
import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { ByteRange, Bytes, Draft, Extension, Folder, MediaStore, StoredFile } from './store.ts'
import { FileTooLarge } from './store.ts'

/** What came in and is no row's yet. It is on the file system of the others, so that a rename is all it takes. */
const INCOMING = '.incoming'
const SHARED = 'shared'
const FOLDER_MODE = 0o750
const FILE_MODE = 0o640
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const STORED_AS = new RegExp(`^(?:${UUID}|${SHARED})/[a-z0-9_]+/${UUID}\\.(?:wav|mp3)$`)

/** A store in the folder `root`, which is made when it is first needed. */
export function localStore(root: string): MediaStore {
  return {
    receive: (source, limit) => receive(root, source, limit),
    open: async (storedAs, range) => openStored(pathOf(root, storedAs), range),
    remove: async (storedAs) => rm(pathOf(root, storedAs), { force: true }),
    list: () => list(root),
    removeDrafts: (before) => removeDrafts(join(root, INCOMING), before),
  }
}

/** Names are ours, and come back from the database: one that is not of our making is refused, wherever it leads. */
function pathOf(root: string, storedAs: string): string {
  if (!STORED_AS.test(storedAs)) throw new Error(`${JSON.stringify(storedAs)} is no name of a stored file`)
  return join(root, storedAs)
}

async function receive(root: string, source: Readable, limit: number): Promise<Draft> {
  const path = join(root, INCOMING, randomUUID())
  await makeFolder(dirname(path))
  const file = await open(path, 'wx', FILE_MODE)
  try {
    const told = await copy(source, file, limit)
    await file.sync()
    await file.close()
    return new LocalDraft(root, path, told)
  } catch (error) {
    await file.close().catch(() => {})
    await rm(path, { force: true })
    throw error
  }
}

async function copy(source: Readable, file: FileHandle, limit: number): Promise<{ size: number; digest: string }> {
  const hash = createHash('sha256')
  let size = 0
  // Of a request that is destroyed nobody sees an answer.
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new FileTooLarge(limit)
    hash.update(chunk)
    await file.writeFile(chunk)
  }
  return { size, digest: hash.digest('hex') }
}

class LocalDraft implements Draft {
  readonly size: number
  readonly digest: string
  private readonly root: string
  private path: string

  constructor(root: string, path: string, { size, digest }: { size: number; digest: string }) {
    this.root = root
    this.path = path
    this.size = size
    this.digest = digest
  }

  async bytes(): Promise<Bytes> {
    const file = await open(this.path, 'r')
    return { size: this.size, read: (position, length) => readAt(file, position, length), close: () => file.close() }
  }

  async keep(folder: Folder, extension: Extension): Promise<string> {
    const storedAs = `${folder.tenant ?? SHARED}/${folder.resource}/${randomUUID()}.${extension}`
    const path = pathOf(this.root, storedAs)
    await makeFolder(dirname(path))
    await rename(this.path, path)
    this.path = path
    await syncFolder(dirname(path))
    return storedAs
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true })
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

async function openStored(path: string, range: ByteRange | undefined): Promise<Readable | undefined> {
  try {
    // A link that somebody laid into a folder leads nowhere.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    return file.createReadStream(range)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function* list(root: string): AsyncIterable<StoredFile> {
  for await (const tenant of names(root)) {
    for await (const resource of names(join(root, tenant))) {
      for await (const name of names(join(root, tenant, resource))) {
        const storedAs = `${tenant}/${resource}/${name}`
        if (!STORED_AS.test(storedAs)) continue // not ours
        const modified = await modifiedAt(join(root, storedAs))
        if (modified) yield { storedAs, modified }
      }
    }
  }
}

/** Files may go while they are looked at: replicas share the folder. */
async function removeDrafts(folder: string, before: Date): Promise<void> {
  for await (const name of names(folder)) {
    const modified = await modifiedAt(join(folder, name))
    if (modified && modified < before) await rm(join(folder, name), { force: true })
  }
}

/** What is in a folder; nothing where there is none. */
async function* names(folder: string): AsyncIterable<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

async function modifiedAt(path: string): Promise<Date | undefined> {
  try {
    return (await stat(path)).mtime
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** A folder is there after a power cut only when the folder it is in was written too. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Also a file where a folder should be, and a link that is not followed. */
const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as { code?: string }).code ?? '')
