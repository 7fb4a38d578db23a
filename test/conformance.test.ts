/** No resource escapes the conformance checks; the checks run in the files of test/conformance/. */
import { existsSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { fixtures, modules } from './conformance/fixtures/index.ts'
import { testApp } from './support/app.ts'

const { app, close } = await testApp()
afterAll(close)

test('every resource with rows in the database has a fixture, and every fixture a resource', () => {
  const paths = app.registry.all().flatMap(({ resource }) => (resource.live ? [] : [resource.path]))
  expect(Object.keys(fixtures).sort()).toEqual(paths.sort())
})

test.each(Object.keys(modules))('the module %s has a test file', (name) => {
  expect(existsSync(new URL(`conformance/${name}.test.ts`, import.meta.url))).toBe(true)
})
