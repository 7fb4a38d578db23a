import { type Config, readConfig } from '../../src/config.ts'

/** The configuration of an application under test: silent, without rate limits, with few connections. */
export const quietConfig = (variables: Readonly<Record<string, string>>): Config =>
  readConfig({ LOG_LEVEL: 'silent', RATE_LIMIT_MAX: '0', DATABASE_POOL_SIZE: '5', ...variables })
