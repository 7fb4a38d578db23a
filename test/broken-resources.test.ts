/** The conformance checks fail where they should: each of these resources breaks a promise, and is caught at it. */
import { afterAll, expect, test } from 'vitest'
import tenants from '../src/modules/tenants/index.ts'
import broken, { sabotage } from './conformance/broken.ts'
import { fixtures } from './conformance/fixtures/index.ts'
import { setStage } from './conformance/stage.ts'
import { type Concern, checksOf } from './conformance.ts'
import { testWorld } from './support/app.ts'

/** Each test runs dozens of checks. */
const TIMEOUT_MS = 120_000

const world = await testWorld({}, [tenants, broken])
const stage = await setStage(world)
afterAll(() => world.close())

/** The names of the checks that fail, of some concerns or of all. */
async function failures(path: string, ...concerns: Concern[]): Promise<string[]> {
  const compiled = world.app.registry.all().find(({ resource }) => resource.path === path)!
  sabotage(compiled)
  const checks = checksOf(stage, compiled, fixtures[path.split('_')[0]!]!)
  const asked = concerns.length > 0 ? concerns.flatMap((concern) => checks[concern]) : Object.values(checks).flat()
  const failed: string[] = []
  for (const { name, run } of asked) {
    await run().catch(() => failed.push(name))
  }
  return failed
}

test(
  'a sound resource fails no check',
  async () => {
    expect(await failures('bridges')).toEqual([])
  },
  TIMEOUT_MS,
)

test.each<[string, Concern, RegExp[]]>([
  ['bridges_of_all', 'roles', [/^minor_admin_api: lists the rows of tenant/, /^minor_admin_api: retrieves/]],
  ['bridges_deleted_by_all', 'roles', [/^minor_admin_api: changes and deletes no row out of its reach/]],
  ['bridges_not_created', 'roles', [/^minor_admin_api: creates rows of its own/]],
  ['bridges_of_users', 'roles', [/^user_api: is shut out/]],
  ['bridges_by_destination', 'paging', [/^has its default order/]],
  ['bridges_hidden', 'reading', [/^shows every field and no other/]],
  ['bridges_demanding', 'creating', [/^is created from the fields it must have/]],
  ['gateways_not_systems', 'roles', [/^minor_admin_api: retrieves/, /^minor_admin_api: creates no rows of others/]],
  ['extensions_leaky', 'roles', [/^user_api: sees no secrets/, /^user_api: lists/]],
  ['extensions_free', 'roles', [/^user_api: changes .* and no other field/]],
  [
    'bridges_unlimited',
    'validating',
    [/^no text is longer than its column/, /^no field takes a value of another type/],
  ],
  ['bridges_unordered', 'paging', [/^has its default order/, /^is ordered by name/]],
  ['bridges_forgetful', 'updating', [/^PATCH changes each field/]],
  ['bridges_forgetful', 'bulk', [/^a list of two creates both/]],
  ['bridges_misread', 'reading', [/^shows the values that the tables hold/]],
  ['bridges_unfiltered', 'filtering', [/^filters by destination/]],
])(
  '%s is caught by the checks of %s',
  async (path, concern, expected) => {
    const failed = await failures(path, concern)
    for (const name of expected) expect(failed).toEqual(expect.arrayContaining([expect.stringMatching(name)]))
  },
  TIMEOUT_MS,
)

test.each<[string, Concern]>([
  ['bridges_by_destination', 'searching'],
  ['bridges_misread', 'paging'],
  ['bridges_of_all', 'reading'],
])(
  '%s keeps the promises of %s all the same',
  async (path, concern) => {
    expect(await failures(path, concern)).toEqual([])
  },
  TIMEOUT_MS,
)
