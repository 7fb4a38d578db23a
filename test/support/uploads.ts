/** Forms with files, as browsers send them, and what is in the folder of files. */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'

export interface Part {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly content: Buffer | string
}

const BOUNDARY = 'a-boundary'
export const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }

export function multipart(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, filename, type, content }) => [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`,
    filename === undefined ? '' : `; filename="${filename}"`,
    type === undefined ? '\r\n\r\n' : `\r\nContent-Type: ${type}\r\n\r\n`,
    content,
    '\r\n',
  ])
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece)))
}

export const fileOf = (content: Buffer, filename = 'welcome.wav', name = 'filename'): Part => ({
  name,
  filename,
  type: 'audio/wav',
  content,
})

export const fieldsOf = (values: Readonly<Record<string, string>>): Part[] =>
  Object.entries(values).map(([name, content]) => ({ name, content }))

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

/** Every file that is kept, and every one that came in and was forgotten. */
export async function filesOf(app: FastifyInstance): Promise<string[]> {
  const entries = await readdir(app.config.media.directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => `${entry.parentPath.slice(app.config.media.directory.length + 1)}/${entry.name}`).sort()
}
