/** Questions of switches, and answers held against what was recorded. */
import { expect } from 'vitest'
import type { Answer, TestApp } from '../../support/app.ts'
import { linesOf, treeOf } from '../../support/xml-tree.ts'
import { type Asked, ofDjangoPbx, ofSwitch } from './samples.ts'

/** A question of a switch, as mod_xml_curl posts it. */
export const post = (app: TestApp, section: string, body: string): Promise<Answer> =>
  app.call(null, 'POST', `/xmlhandler/${section}/`, body, { 'content-type': 'application/x-www-form-urlencoded' })

/** A switch that asks for a document of its configuration. */
export function ask(
  app: TestApp,
  document: string,
  fields: Readonly<Record<string, string>> = {},
  hostname = 'sw1',
): Promise<Answer> {
  const form = { hostname, section: 'configuration', tag_name: 'configuration', key_name: 'name', key_value: document }
  return post(app, 'configuration', formOf({ ...form, ...fields }))
}

/** Fields as mod_xml_curl encodes them: a blank is %20. */
const formOf = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

/** What a real switch asked, by the name of the sample. */
export function askRecorded(app: TestApp, name: string): Promise<Answer> {
  const { path, body } = sampleOf(ofSwitch('configuration'), `xmlcurl-${name}`)
  return post(app, path.split('/')[2]!, body)
}

/** What DjangoPBX was asked, and answered. */
export const ofDjango = (name: string): Asked => sampleOf(ofDjangoPbx('configuration'), name)

function sampleOf(list: readonly Asked[], name: string): Asked {
  const found = list.find((asked) => asked.name.replace(/^\d+-configuration-/, '') === name)
  if (!found) throw new Error(`there is no sample ${name}`)
  return found
}

export const facts = (xml: string): string[] => linesOf(treeOf(xml))

/**
 * Holds two documents against each other. Each difference has its reason in the table: one without fails, and so does a
 * reason without a difference.
 */
export function expectSame(ours: string, theirs: string, reasons: readonly (readonly [RegExp, string])[]): void {
  const [a, b] = [facts(ours), facts(theirs)]
  const differences = [
    ...a.filter((fact) => !b.includes(fact)).map((fact) => `+ ${fact}`),
    ...b.filter((fact) => !a.includes(fact)).map((fact) => `- ${fact}`),
  ]
  expect(differences.filter((one) => !reasons.some(([what]) => what.test(one)))).toEqual([])
  for (const [what, why] of reasons)
    expect(
      differences.some((one) => what.test(one)),
      why,
    ).toBe(true)
}
