/**
 * Reads the folder in which a switch keeps the records it could not deliver (`err-log-dir` of mod_xml_cdr). Each file
 * is moved away once what it holds is committed, so that a run that was stopped goes on where it was.
 */
import { mkdir, opendir, readFile, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Intake, Outcome } from './intake.ts'

/** Files by what became of them. */
export interface Imported {
  stored: number
  rejected: number
  /** B legs that nobody wants. */
  dropped: number
  /** Left where they are: too large, or not yet whole. */
  left: number
}

export interface ImportOptions {
  /** Larger files are left where they are. */
  readonly mostBytes: number
  /** Told after each file. */
  onProgress?(done: Readonly<Imported>): void
  /** Told why a file was not stored. */
  onProblem?(file: string, reason: string): void
  /** Once aborted no further file is begun. */
  readonly signal?: AbortSignal
}

/** Where a file goes, below the folder. */
const FOLDERS = { stored: 'imported', refused: 'rejected', dropped: 'dropped' } as const
/** Files at once: their records are stored in one batch. */
const AT_ONCE = 16
/** A file that cannot be read and is younger may be one that the switch is still writing. */
const WRITTEN_AFTER_MS = 10_000

/** Imports `a_UUID.cdr.xml`, `UUID.cdr.json` and their like. Fails where the folder or the database cannot be used. */
export async function importSpool(intake: Intake, folder: string, options: ImportOptions): Promise<Imported> {
  const done: Imported = { stored: 0, rejected: 0, dropped: 0, left: 0 }
  const files = await opendir(folder)
  const worker = async () => {
    for (;;) {
      const entry = options.signal?.aborted ? null : await files.read()
      if (entry === null) return
      if (!entry.isFile() || !SPOOLED.test(entry.name)) continue
      await importFile(intake, folder, entry.name, options, done)
      options.onProgress?.(done)
    }
  }
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker))
  await files.close().catch(() => {}) // read to its end it is closed already
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return done
}

const SPOOLED = /\.cdr\.(xml|json)$/i

async function importFile(
  intake: Intake,
  folder: string,
  name: string,
  { mostBytes, onProblem }: ImportOptions,
  done: Imported,
): Promise<void> {
  const path = join(folder, name)
  const found = await stat(path).catch(unlessGone)
  if (found && found.size > mostBytes) {
    done.left += 1
    onProblem?.(name, `It is larger than ${mostBytes} bytes.`)
    return
  }
  const body = found && (await readFile(path).catch(unlessGone))
  if (!body) return
  const received = { body, uuid: basename(name).replace(SPOOLED, ''), contentType: undefined, source: path }
  const outcome = await intake.store(received)
  if (outcome.kind === 'refused') {
    onProblem?.(name, outcome.reason)
    if (Date.now() - found.mtimeMs < WRITTEN_AFTER_MS && outcome.unreadable) {
      done.left += 1
      return
    }
    await intake.keep(received, outcome)
  }
  await moveAway(folder, name, outcome.kind).catch(unlessGone)
  done[outcome.kind === 'refused' ? 'rejected' : outcome.kind] += 1
}

/** Files go away while they are read: another run moves them, or the switch delivers them after all. */
function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function moveAway(folder: string, name: string, kind: Outcome['kind']): Promise<void> {
  const target = join(folder, FOLDERS[kind])
  await mkdir(target, { recursive: true })
  await rename(join(folder, name), join(target, name))
}
