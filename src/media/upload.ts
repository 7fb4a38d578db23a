/** A file that a request brought, told from its content to be audio. */
import type { Readable } from 'node:stream'
import type { Draft, Extension } from './store.ts'

/** A file as it arrives. */
export interface Arriving {
  /** The field it comes in, which errors name. */
  readonly field: string
  readonly name: string | undefined
  readonly source: Readable
}

/** What the bytes say they are. */
export interface Audio {
  readonly type: 'audio/wav' | 'audio/mpeg'
  readonly extension: Extension
  /** How long it plays. */
  readonly seconds: number
}

export interface Upload {
  /** The field it came in. */
  readonly field: string
  /** What the caller calls the file; it may be anything. */
  readonly name: string | undefined
  readonly draft: Draft
  readonly audio: Audio
  /** A row has it, or may have it: it is not to be discarded any more. */
  taken?: boolean
}
