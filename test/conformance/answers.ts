/** What every error answer must look like (contract section 4). */
import { STATUS_CODES } from 'node:http'
import { expect } from 'vitest'
import type { Answer } from '../support/app.ts'

export const REQUIRED = 'This field is required.'
export const NOT_NULL = 'This field may not be null.'
export const FORBIDDEN = 'You do not have permission to perform this action.'
export const NOT_FOUND = 'Not found.'
export const noSuchRow = (id: unknown) => `Invalid pk "${id}" - object does not exist.`

const NAMES = new Set(['error', 'message', 'detail'])

/** An error with a sentence. */
export function expectError(answer: Answer, status: number, detail: string, what = ''): void {
  expect(answer.status, `${what} ${answer.text.slice(0, 300)}`).toBe(status)
  expect(answer.json, what).toEqual({ error: status, message: STATUS_CODES[status], detail })
  expect(answer.headers['content-type'], what).toMatch(/^application\/json/)
}

/** A validation error about exactly these fields; gives the sentences of each. */
export function expectFieldErrors(answer: Answer, names: readonly string[], what = ''): Record<string, string[]> {
  expect(answer.status, `${what} ${answer.text.slice(0, 300)}`).toBe(400)
  const { error, message, detail, ...top } = answer.json as Record<string, unknown>
  expect({ error, message }, what).toEqual({ error: 400, message: 'Bad Request' })
  expect(Object.keys(detail as object).sort(), `${what} ${answer.text.slice(0, 300)}`).toEqual([...names].sort())
  const told = Object.entries(detail as Record<string, string[]>)
  expect(top, `${what}: fields stand at the top level too`).toEqual(
    Object.fromEntries(told.filter(([name]) => !NAMES.has(name))),
  )
  for (const [name, sentences] of told) {
    expect(Array.isArray(sentences) && sentences.length > 0, `${what} ${name} has sentences`).toBe(true)
  }
  return detail as Record<string, string[]>
}

/** A validation error that says exactly this of a field and nothing of others. */
export function expectSentence(answer: Answer, name: string, sentence: string, what = ''): void {
  const detail = expectFieldErrors(answer, [name], what || name)
  expect(detail[name], what || name).toEqual([sentence])
}
