/** The tag of a row: GETs of what is known already, and writes that were meant for another state of it. */
import { expect } from 'vitest'
import type { Id } from './reference.ts'
import type { Check, Subject } from './subject.ts'

export function tagChecks(subject: Subject): Check[] {
  const rights = subject.expected('admin_api')?.rights ?? []
  const checks = [{ name: 'has a tag, and with it a GET is a 304', run: () => known(subject) }]
  if (rights.includes('update') || rights.includes('delete')) {
    checks.push({ name: 'is not written with another tag: 412', run: () => stale(subject, rights.includes('update')) })
  }
  return checks
}

async function known(subject: Subject): Promise<void> {
  const [row] = (await subject.list('?page_size=1')).results
  const url = subject.rowUrl(row![subject.key] as Id)
  const { headers } = await subject.admin('GET', url)
  expect(headers.etag).toMatch(/^"[\w-]+"$/)
  const again = await subject.admin('GET', url, undefined, { 'if-none-match': String(headers.etag) })
  expect([again.status, again.text, again.headers.etag]).toEqual([304, '', headers.etag])
}

async function stale(subject: Subject, changeable: boolean): Promise<void> {
  const url = subject.rowUrl(await subject.insert(subject.anyOwner))
  const get = await subject.admin('GET', url)
  const method = changeable ? 'PATCH' : 'DELETE'
  const refused = await subject.admin(method, url, changeable ? {} : undefined, { 'if-match': '"another"' })
  expect(refused.status, refused.text.slice(0, 300)).toBe(412)
  const sent = { 'if-match': String(get.headers.etag) }
  const answer = await subject.admin(method, url, changeable ? {} : undefined, sent)
  expect(answer.status, answer.text.slice(0, 300)).toBe(changeable ? 200 : 204)
}
