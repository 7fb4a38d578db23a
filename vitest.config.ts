import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One PostgreSQL for the whole run; each test file makes databases of its own in it and may run beside others.
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    fileParallelism: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    // The server must not care about the time zone of its machine: an odd one shows where it does.
    env: { TZ: 'Pacific/Chatham' },
  },
})
