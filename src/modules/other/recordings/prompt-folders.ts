/**
 * Prompts as files of a switch. Dialplans name them as DjangoPBX's do, `${recordings_dir}/DOMAIN/FILE`, while the store
 * keeps them under names of its own; so those of each tenant are copied to where its switches look for them. What a
 * switch recorded there itself is left alone, and so is the copy of a prompt that is deleted.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, chown, mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { MediaStore } from '../../../media/store.ts'
import type { Chore } from '../../../plugins/chores.ts'
import type { Database } from '../../../rest/database.ts'

interface Prompt {
  readonly domain: string
  readonly file: string
  readonly storedAs: string
  readonly size: number
  readonly changed: Date
}

/** The names that a dialplan may say, none of which leads out of its folder. */
const FILE = /^\w[\w .+-]*$/
const DOMAIN = /^[a-z0-9][a-z0-9.-]*$/i

/** Of two of one name the later. */
const ALL = `SELECT DISTINCT ON (d."name", r."filename")
    d."name", r."filename", r."stored_as", r."size", floor(extract(epoch FROM r."updated") * 1000)
  FROM "recordings" r JOIN "domains" d ON d."id" = r."domain_id"
  WHERE r."stored_as" IS NOT NULL ORDER BY d."name", r."filename", r."updated" DESC, r."id"`
/** Another text once any prompt or domain is another: sums, since what is committed last need not be the latest. */
const STATE = `SELECT (SELECT concat(count(*), ' ', sum(extract(epoch FROM "updated"))) FROM "recordings"),
  (SELECT concat(count(*), ' ', sum(extract(epoch FROM "updated"))) FROM "domains")`
const EVERY_MS = 60_000
/** What a file system may lose of a time. */
const CLOCK_MS = 2

export class PromptFolders {
  private readonly database: Database
  private readonly media: MediaStore
  private readonly roots: readonly string[]
  /** What is in the folders by now. */
  private state = ''
  private under: Promise<void> | undefined
  private isDue = false

  /** `roots` are the `recordings_dir` of switches, as this server sees them. */
  constructor(database: Database, media: MediaStore, roots: readonly string[]) {
    this.database = database
    this.media = media
    this.roots = roots
  }

  /** To be called when prompts have changed; nobody waits for it. What fails is done by the chore. */
  begin(): void {
    if (this.roots.length > 0) this.run().catch(() => {})
  }

  /** Copies what is not there yet, once at a time and as often as it was asked for meanwhile. */
  run(): Promise<void> {
    this.isDue = true
    this.under ??= this.copyAll().finally(() => {
      this.under = undefined
    })
    return this.under
  }

  /** Waits for the copies under way, of which nothing half-written is to stay. */
  async close(): Promise<void> {
    await this.under?.catch(() => {})
  }

  chores(): Chore[] {
    if (this.roots.length === 0) return []
    let started = false
    const run = async () => {
      // No start of a server waits for folders that may be far away.
      if (started) return this.run()
      started = true
      this.begin()
    }
    return [{ name: 'prompts on switches', everyMs: EVERY_MS, run }]
  }

  private async copyAll(): Promise<void> {
    while (this.isDue) {
      this.isDue = false
      const state = JSON.stringify(await this.database.runText({ text: STATE, values: [] }))
      if (state === this.state) continue
      const rows = await this.database.runText({ text: ALL, values: [] })
      const outcomes = await Promise.allSettled(this.roots.map((root) => this.fill(root, rows.map(promptOf))))
      // A folder that cannot be written keeps no other from its prompts.
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
      this.state = state
    }
  }

  private async fill(root: string, prompts: readonly Prompt[]): Promise<void> {
    for (const prompt of prompts) await this.copy(root, prompt)
  }

  private async copy(root: string, { domain, file, storedAs, size, changed }: Prompt): Promise<void> {
    if (!FILE.test(file) || !DOMAIN.test(domain)) return
    const folder = join(root, domain)
    const path = join(folder, file)
    const there = await stat(path).catch(() => undefined)
    if (there?.size === size && Math.abs(there.mtimeMs - changed.getTime()) < CLOCK_MS) return
    const owner = await stat(root)
    await makeFolder(folder, owner)
    const source = await this.media.open(storedAs)
    if (!source) return
    const draft = join(folder, `.${randomUUID()}`)
    try {
      await pipeline(source, createWriteStream(draft, { flags: 'wx', mode: owner.mode & 0o666 }))
      await give(draft, owner)
      await utimes(draft, changed, changed)
      await rename(draft, path)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }
}

function promptOf([domain, file, storedAs, size, ms]: readonly (string | null)[]): Prompt {
  const changed = new Date(Number(ms))
  return { domain: domain!, file: file!, storedAs: storedAs!, size: Number(size), changed }
}

interface Owner {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

/** Whose the root is, since the switch keeps its own recordings there. */
async function makeFolder(path: string, owner: Owner): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw error
  }
  await give(path, owner)
  await chmod(path, owner.mode & 0o7777)
}

/** Only root may; another server shares a group with the switch. */
async function give(path: string, { uid, gid }: Owner): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, uid, gid)
}
