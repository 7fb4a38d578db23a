/**
 * Where files are kept: audio of rows. A row names its file by `stored_as`, a text that a store made; nothing a caller
 * sends ever becomes part of it. What rows there are is no matter of a store.
 */
import type { Readable } from 'node:stream'

/** Whose files stand together: no two tenants share a folder. */
export interface Folder {
  /** The tenant's id; null: rows of the whole system. */
  readonly tenant: string | null
  /** The path of the resource. */
  readonly resource: string
}

/** A file that came in and belongs to no row yet. It is gone with the next sweep unless it is kept, and its row commits. */
export interface Draft {
  readonly size: number
  /** SHA-256, in hexadecimal digits. */
  readonly digest: string
  /** Its bytes, without loading it whole. */
  bytes(): Promise<Bytes>
  /** Gives it a name in a folder, and tells that: a row's `stored_as`. Again with another folder, it moves there. */
  keep(folder: Folder, extension: Extension): Promise<string>
  /** Removes it, kept or not. */
  discard(): Promise<void>
}

export type Extension = 'wav' | 'mp3'

/** Bytes that can be read anywhere in a file. */
export interface Bytes {
  readonly size: number
  /** As many as there are, `length` at most. */
  read(position: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** The first and the last byte, both within. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface StoredFile {
  readonly storedAs: string
  readonly modified: Date
}

export interface MediaStore {
  /** Takes in a file of at most `limit` bytes; of one that is too large or broken off nothing stays. */
  receive(source: Readable, limit: number): Promise<Draft>
  /** Reads a file, or a part of it; undefined: there is none. */
  open(storedAs: string, range?: ByteRange): Promise<Readable | undefined>
  /** Removes a file; one that is gone already is no error. */
  remove(storedAs: string): Promise<void>
  /** Every file, for the sweep. */
  list(): AsyncIterable<StoredFile>
  /** Removes what came in before that time and was never kept. */
  removeDrafts(before: Date): Promise<void>
}

/** The file has more bytes than are taken. */
export class FileTooLarge extends Error {
  readonly limit: number

  constructor(limit: number) {
    super(`a file of more than ${limit} bytes`)
    this.limit = limit
  }
}
