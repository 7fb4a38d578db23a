/** Forms that switches post: fields, and a file among them. */
import { Busboy } from '@fastify/busboy'
import { badRequest } from '../rest/errors.ts'

export interface PostedForm {
  /** Of two fields of one name the last counts. */
  readonly fields: ReadonlyMap<string, string>
  /** The first file. */
  readonly file: PostedFile | undefined
}

export interface PostedFile {
  readonly field: string
  readonly content: Buffer
}

/** What a form of some fields and a file never has. */
const LIMITS = { fields: 200, parts: 200, fieldSize: 65_536, headerPairs: 100 }

/** Whether a body of this type is such a form. */
export const isMultipart = (contentType: string | undefined): contentType is string =>
  /^\s*multipart\/form-data\b/i.test(contentType ?? '')

/** Reads a body that is here already; one that is no form, or ends early, is a 400. */
export function readForm(body: Buffer, contentType: string): Promise<PostedForm> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(badRequest(`Multipart form parse error - ${error.message}`))
    const fields = new Map<string, string>()
    const files: { field: string; chunks: Buffer[] }[] = []
    try {
      const parser = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS, isPartAFile })
      parser.on('field', (name, value) => {
        fields.set(name, value)
      })
      parser.on('file', (field, stream) => {
        const chunks: Buffer[] = []
        files.push({ field, chunks })
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('error', refuse)
      })
      parser.on('error', (error) => refuse(error as Error))
      parser.on('finish', () => {
        const [first] = files
        resolve({ fields, file: first && { field: first.field, content: Buffer.concat(first.chunks) } })
      })
      parser.end(body)
    } catch (error) {
      refuse(error as Error)
    }
  })
}

function isPartAFile(_field: string | undefined, type: string | undefined, name: string | undefined): boolean {
  return name !== undefined || /^(application\/octet-stream|audio\/)/i.test(type ?? '')
}
