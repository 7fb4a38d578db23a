import { ValidationError } from '../rest/errors.ts'

/** Something the person at the keyboard can put right; the message is for them. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

const NO_TABLE = '42P01'

/** What went wrong, in a line; several faults of one's input in one each. */
export function explain(error: unknown): string {
  if (error instanceof ValidationError) {
    return Object.entries(error.fields)
      .flatMap(([field, sentences]) => sentences.map((sentence) => `${field}: ${sentence}`))
      .join('\n')
  }
  const { message, code, errors } = error as NodeJS.ErrnoException & { errors?: Error[] }
  if (code === NO_TABLE) return 'The database has no tables yet: run "pbx-api migrate".'
  // A host with several addresses fails with one error for each, and no message of its own.
  return message || errors?.map((each) => each.message).join(', ') || String(error)
}
