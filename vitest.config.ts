import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take long, which begin first: one that began last would be waited for. */
const LONG = [
  /hostile\.test/,
  /conformance\/\w+\.test/,
  /broken-resources\.test/,
  /protection\.test/,
  /download-\w+\.test/,
  /cursor\.test/,
  /switch-routes\.test/,
  /migrations\.test/,
  /embedded\.test/,
]

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONG.findIndex((one) => one.test(moduleId))
      return index === -1 ? LONG.length : index
    }
    return [...files].sort((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One PostgreSQL for the whole run; each test file makes databases of its own in it and may run beside others.
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // On two cores: one of three waits for PostgreSQL, or for time to pass, most of the time.
    maxWorkers: 3,
    // Requests leave much behind that is garbage at once; with room for it, it is collected rarely and survives nowhere.
    execArgv: ['--max-semi-space-size=64'],
    // What is imported stays for the next file; no file leaves anything behind (no module mocks).
    isolate: false,
    sequence: { sequencer: LongFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    // The server must not care about the time zone of its machine: an odd one shows where it does.
    env: { TZ: 'Pacific/Chatham' },
  },
})
