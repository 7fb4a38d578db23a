/**
 * What every resource promises, written once: checks made from a resource's definition, its model and its fixture.
 * Whoever adds a resource adds a fixture, and it is held to all of this.
 */
import { afterAll, describe, test } from 'vitest'
import type { Compiled } from '../src/rest/registry.ts'
import { bulkChecks } from './conformance/bulk.ts'
import { creatingChecks } from './conformance/creating.ts'
import { filteringChecks } from './conformance/filtering.ts'
import type { Fixture } from './conformance/fixture.ts'
import type { Fixtures } from './conformance/fixtures/index.ts'
import { pagingChecks } from './conformance/paging.ts'
import { protocolChecks } from './conformance/protocol.ts'
import { readingChecks } from './conformance/reading.ts'
import { roleChecks } from './conformance/roles.ts'
import { searchingChecks } from './conformance/searching.ts'
import { type Stage, setStage } from './conformance/stage.ts'
import { type Check, Subject } from './conformance/subject.ts'
import { tagChecks } from './conformance/tags.ts'
import { updatingChecks } from './conformance/updating.ts'
import { validatingChecks } from './conformance/validating.ts'
import { testWorld } from './support/app.ts'

const CONCERNS = {
  protocol: protocolChecks,
  reading: readingChecks,
  paging: pagingChecks,
  filtering: filteringChecks,
  searching: searchingChecks,
  creating: creatingChecks,
  validating: validatingChecks,
  updating: updatingChecks,
  roles: roleChecks,
  bulk: bulkChecks,
  tags: tagChecks,
} as const
export type Concern = keyof typeof CONCERNS

/** The checks of a resource by concern; each stands alone and throws when its guarantee is broken. */
export function checksOf(stage: Stage, compiled: Compiled, fixture: Fixture): Record<Concern, Check[]> {
  const subject = new Subject(stage, compiled, fixture)
  const prepared = ({ name, run }: Check): Check => ({
    name,
    async run() {
      await subject.prepare()
      await run()
    },
  })
  const entries = Object.entries(CONCERNS).map(([concern, make]) => [concern, make(subject).map(prepared)])
  return Object.fromEntries(entries) as Record<Concern, Check[]>
}

/** Runs the checks of a module's resources as tests, in a world of their own. */
export async function describeModule(fixtures: Fixtures): Promise<void> {
  const world = await testWorld()
  const stage = await setStage(world)
  afterAll(() => world.close())
  for (const compiled of world.app.registry.all()) {
    const fixture = fixtures[compiled.resource.path]
    if (fixture) describeConformance(stage, compiled, fixture)
  }
}

/** Runs the checks of a resource as tests. */
export function describeConformance(stage: Stage, compiled: Compiled, fixture: Fixture): void {
  describe(compiled.resource.path, () => {
    for (const [concern, checks] of Object.entries(checksOf(stage, compiled, fixture))) {
      describe.runIf(checks.length > 0)(concern, () => {
        for (const { name, run } of checks) test(name, run)
      })
    }
  })
}
