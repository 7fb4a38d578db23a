/** What can be asked of the API beside reading and writing rows: actions, reports, commands, feeds. */
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Predicate } from './access.ts'
import type { Caller, Role } from './caller.ts'
import type { Services } from './services.ts'

/** A value a body may hold which is no column of the model, such as a password. Never shown. */
export interface Input {
  readonly required?: boolean
  /** Only a create takes it; an update ignores it. */
  readonly createOnly?: boolean
  /** The audit log may hold the value; else it holds that there was one. */
  readonly logged?: boolean
  readonly description: string
  /** Checks the value; gives what hooks get, or throws nothing and returns sentences. `body` is the whole input. */
  check(value: unknown, body: Readonly<Record<string, unknown>>): { value: unknown } | { errors: string[] }
  /** JSON Schema of the value, for OpenAPI. */
  readonly schema: Readonly<Record<string, unknown>>
}

export interface ActionContext {
  readonly caller: Caller
  readonly services: Services
  readonly query: Readonly<Record<string, unknown>>
  /** The IANA zone of times without an offset, and of the hours of a day. */
  readonly timeZone: string
  /** The rows of the resource of this path that the caller may list; a condition on its model. */
  rows(path: string): readonly Predicate[]
  /**
   * Sets columns of the action's row, as an update does: with hooks, in the audit log, announced. Gives the row as a
   * read of it would. For actions on rows.
   */
  change(values: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** What actions, reports and commands have in common: parameters in, a value out. */
export interface Asking {
  readonly roles: readonly Role[]
  readonly summary: string
  readonly query?: z.ZodObject
  /** JSON Schema of the answer, for OpenAPI. */
  readonly answer?: Readonly<Record<string, unknown>>
  /** The answer as an SVG document, for `format=svg`. */
  svg?(answer: unknown, context: ActionContext): string | Promise<string>
}

/** Something to do with a collection or a row that is no reading or writing of it. */
export interface Action extends Asking {
  readonly on: 'collection' | 'row'
  readonly methods: readonly ('GET' | 'POST')[]
  /** What its body holds; left out, the body is not looked at. */
  readonly inputs?: Readonly<Record<string, Input>>
  /**
   * `row` is the row in the caller's scope, for actions on a row; its secrets are there. `inputs` are the values that
   * were sent, checked.
   */
  run(context: ActionContext, row: Record<string, unknown>, inputs: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** A collection that is computed: it is read with GET, has no rows, and is listed in the index as any other. */
export interface Report extends Asking {
  /** Its name in URLs, `/api/PATH/`. */
  readonly path: string
  run(context: ActionContext): Promise<unknown>
}

/**
 * Something to be done that is no row of anything: it is asked for with POST, keeps nothing, and is listed in the index
 * as any collection.
 */
export interface Command extends Asking {
  /** Its name in URLs, `/api/PATH/`. */
  readonly path: string
  /** What the body holds. */
  readonly inputs: Readonly<Record<string, Input>>
  /** `inputs` are the values that were sent, checked. */
  run(context: ActionContext, inputs: Readonly<Record<string, unknown>>): Promise<unknown>
  readonly follow?: Follow
}

/** What became of what was commanded, told at `/api/PATH/ID/` to the command's roles. The id is a UUID. */
export interface Follow {
  readonly summary: string
  /** JSON Schema of the answer, for OpenAPI. */
  readonly answer?: Readonly<Record<string, unknown>>
  /** Undefined where nothing of that id was commanded, as far as the caller may know. */
  run(context: ActionContext, id: string): Promise<unknown>
}

/** What happens, told as server-sent events until one of both sides ends it; listed in the index as any collection. */
export interface Feed extends Omit<Asking, 'answer' | 'svg'> {
  /** Its name in URLs, `/api/PATH/`. */
  readonly path: string
  /** Gives the events as they are sent. Whoever destroys it has read enough. */
  open(context: ActionContext, reader: FeedReader): Promise<Readable>
}

/** Who reads a feed. */
export interface FeedReader {
  /** The id it was told last, when it was cut off before. */
  readonly lastEventId: string | undefined
  /** Whether the token still lets it in, as who it was: to be asked again and again. */
  stillMay(): Promise<boolean>
}
