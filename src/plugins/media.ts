/**
 * Decorates `app.media`, where files are kept, and `app.takeFile`, which takes in what a request brings. What no row
 * has got when the answer is sent is gone by then.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { NotAudio, readAudio } from '../media/audio.ts'
import { localStore } from '../media/local-store.ts'
import { type Draft, FileTooLarge, type MediaStore } from '../media/store.ts'
import type { Arriving, Upload } from '../media/upload.ts'
import { databaseOn } from '../rest/database.ts'
import { ApiError, unavailable, ValidationError } from '../rest/errors.ts'
import { removeLeft, sweep } from '../rest/left-files.ts'
import { closeUnread } from './unread-bodies.ts'

const MINUTE_MS = 60_000
/** What a form may hold beside its file, before it is told to be too large by its length alone. */
const FORM_BYTES = 2 ** 20

declare module 'fastify' {
  interface FastifyInstance {
    media: MediaStore
    /** Takes in the file of a request: it becomes `request.upload`. One that is no audio is an error of its field. */
    takeFile(request: FastifyRequest, reply: FastifyReply, file: Arriving): Promise<void>
  }
  interface FastifyRequest {
    upload: Upload | undefined
  }
  interface FastifyContextConfig {
    /** The body may bring a file. */
    takesFile?: boolean
  }
}

declare module '../rest/services.ts' {
  interface Services {
    readonly media: MediaStore
  }
}

async function media(app: FastifyInstance): Promise<void> {
  const { directory, fileBytes } = app.config.media
  const store = localStore(directory)
  app.decorate('media', store)
  app.decorateRequest('upload', undefined)
  app.decorate('takeFile', async (request: FastifyRequest, reply: FastifyReply, file: Arriving) => {
    const draft = await receive(store, file, fileBytes, request).catch((error: unknown) => {
      closeUnread(request, reply)
      throw error
    })
    try {
      request.upload = { field: file.field, name: file.name, draft, audio: await readAudio(draft) }
    } catch (error) {
      await draft.discard()
      throw error instanceof NotAudio ? new ValidationError({ [file.field]: [error.message] }) : error
    }
  })
  app.addHook('onSend', async (request) => {
    const { upload } = request
    if (!upload || upload.taken) return
    request.upload = undefined
    // The sweep removes it else.
    await upload.draft.discard().catch((error: unknown) => request.log.warn({ err: error }, 'a file was left'))
  })
  addChores(app, store)
}

async function receive(store: MediaStore, file: Arriving, limit: number, request: FastifyRequest): Promise<Draft> {
  try {
    if (Number(request.headers['content-length']) > limit + FORM_BYTES) throw new FileTooLarge(limit)
    return await store.receive(file.source, limit)
  } catch (error) {
    if (error instanceof FileTooLarge) {
      throw new ApiError(413, `The file is too large: it may have ${limit} bytes at most.`)
    }
    const { code } = error as { code?: string }
    if (code === undefined || !UNWRITABLE.has(code)) throw error
    request.log.error({ err: error }, 'a file cannot be written')
    throw unavailable('The server cannot keep files now. Try again later.')
  }
}

/** No space, no quota, no right, no disk. */
const UNWRITABLE = new Set([
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOTDIR',
  'EEXIST',
])

function addChores(app: FastifyInstance, store: MediaStore): void {
  const database = databaseOn(app.statements)
  app.addChore({
    name: 'files of deleted rows',
    everyMs: MINUTE_MS,
    async run() {
      while ((await removeLeft(database, store)) > 0);
    },
  })
  let started = false
  app.addChore({
    name: 'files without rows',
    everyMs: 60 * MINUTE_MS,
    async run() {
      // Nobody waits for it when the server starts: there can be very many files.
      if (started) await sweep(database, store)
      started = true
    },
  })
}

export default plugin(media, { name: 'media', dependencies: ['chores', 'database'] })
