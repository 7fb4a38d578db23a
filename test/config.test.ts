import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, ENVIRONMENT_VARIABLES, readConfig } from '../src/config.ts'

const root = resolve(import.meta.dirname, '..')

/** For each variable: values that are taken, as they end up, and values that stop the start. */
const VALUES: Record<string, { right: Record<string, unknown>; wrong: string[]; beside?: NodeJS.ProcessEnv }> = {
  HOST: { right: { '0.0.0.0': { host: '0.0.0.0' }, '::1': { host: '::1' } }, wrong: ['a b', 'http://x'] },
  PORT: { right: { '0': { port: 0 }, '65535': { port: 65_535 } }, wrong: ['65536', '-1', '80a', '1.5', '0x50'] },
  DATABASE_URL: {
    right: { 'postgres://a/b': { databaseUrl: 'postgres://a/b' } },
    wrong: ['mysql://user:secret@a/b', 'postgresql://', 'localhost'],
  },
  DATABASE_POOL_SIZE: { right: { '1': { databasePoolSize: 1 } }, wrong: ['0', '1001'] },
  PUBLIC_URL: {
    right: { 'https://a.example/pbx/': { publicUrl: 'https://a.example/pbx' } },
    wrong: ['a.example', 'ftp://a.example', 'https://a.example/?x=1'],
  },
  TRUST_PROXY: {
    right: {
      true: { trustProxy: true },
      false: { trustProxy: false },
      '0': { trustProxy: false },
      '2': { trustProxy: 2 },
      '10.0.0.0/8, ::1,loopback': { trustProxy: ['10.0.0.0/8', '::1', 'loopback'] },
    },
    wrong: ['yes', '10.0.0.0/33', '10.0.0', ',', '::1/129', '10.0.0.0/8/8', '0.0.0.0/0'],
  },
  CORS_ORIGINS: {
    right: {
      '*': { corsOrigins: '*' },
      'https://a.example/, http://b:81': { corsOrigins: ['https://a.example', 'http://b:81'] },
    },
    wrong: ['a.example', 'https://a.example/path', '*,https://a.example'],
  },
  LOG_LEVEL: { right: { debug: { logLevel: 'debug' }, SILENT: { logLevel: 'silent' } }, wrong: ['verbose', '3'] },
  TIME_ZONE: { right: { 'Europe/Berlin': { timeZone: 'Europe/Berlin' } }, wrong: ['Mars/Base', '+02:00', 'CEST+1'] },
  TOKEN_TTL_DAYS: { right: { '0': { tokenTtlDays: null }, '30': { tokenTtlDays: 30 } }, wrong: ['-1', 'never'] },
  PBX_ADMIN_USERNAME: { right: { 'jörg@x': { admin: { username: 'jörg@x' } } }, wrong: ['a b', 'x'.repeat(151)] },
  PBX_ADMIN_PASSWORD: {
    right: { ' long enough ': { admin: { username: 'admin', password: ' long enough ' } } },
    wrong: ['too short'],
  },
  BODY_LIMIT_BYTES: { right: { '2048': { limits: { bodyBytes: 2048 } } }, wrong: ['0', '1MB'] },
  REQUEST_TIMEOUT_MS: { right: { '100': { limits: { requestTimeoutMs: 100 } } }, wrong: ['0', '2147483648'] },
  DOWNLOAD_TIMEOUT_MS: { right: { '60000': { limits: { downloadTimeoutMs: 60_000 } } }, wrong: ['0', '1h'] },
  STATEMENT_TIMEOUT_MS: { right: { '100': { limits: { statementTimeoutMs: 100 } } }, wrong: ['0', '10s'] },
  RATE_LIMIT_MAX: { right: { '0': { limits: { ratePerMinute: 0 } } }, wrong: ['-1', 'off'] },
  SWITCH_ALLOWED_ADDRESSES: {
    right: {
      '10.1.2.3, 2001:db8::/32,0.0.0.0/0': {
        switches: { allowedAddresses: ['10.1.2.3', '2001:db8::/32', '0.0.0.0/0'] },
      },
      'loopback,::1': { switches: { allowedAddresses: ['127.0.0.0/8', '::1', '::1'] } },
    },
    wrong: ['switch.example.com', '10.0.0.0/33', 'true', '1', ',', '10.0.0.1 10.0.0.2', '10.0.0.1,nearby'],
  },
  SWITCH_USERNAME: {
    right: { freeswitch: { switches: { username: 'freeswitch', password: 'p' } } },
    wrong: ['free:switch', 'a\u0007b'],
    beside: { SWITCH_PASSWORD: 'p' },
  },
  SWITCH_PASSWORD: {
    right: { ' p:ß ': { switches: { username: 'u', password: ' p:ß ' } } },
    wrong: ['secret\n', 'secret\u0000'],
    beside: { SWITCH_USERNAME: 'u' },
  },
  SWITCH_STORAGE_ROOT: {
    right: {
      '/storage': { switchStorage: [{ switchName: null, there: '/storage', here: '/storage' }] },
      'switch1=/a:/mnt/a, /b': {
        switchStorage: [
          { switchName: 'switch1', there: '/a', here: '/mnt/a' },
          { switchName: null, there: '/b', here: '/b' },
        ],
      },
    },
    wrong: ['storage', '/a:b', 'switch 1=/a'],
  },
  SWITCH_RECORDINGS_ROOT: {
    right: { '/a, /b/c': { switchRecordings: ['/a', '/b/c'] } },
    wrong: ['recordings', '/a,b', '/a\u0000'],
  },
  SWITCH_BODY_LIMIT_BYTES: { right: { '4096': { switches: { bodyBytes: 4096 } } }, wrong: ['0', '8MiB'] },
  FREESWITCHES: {
    right: {
      'switch1=esl://:ClueCon@127.0.0.1': {
        freeswitches: [{ name: 'switch1', host: '127.0.0.1', port: 8021, password: 'ClueCon' }],
      },
      'a=esl://:%2C%3A%40%20%25@fs.example:8022, b-2.x=esl://pbx%40example.com:p=w@[::1]:9/': {
        freeswitches: [
          { name: 'a', host: 'fs.example', port: 8022, password: ',:@ %' },
          { name: 'b-2.x', host: '::1', port: 9, user: 'pbx@example.com', password: 'p=w' },
        ],
      },
    },
    wrong: [
      'esl://:secret@127.0.0.1',
      'a=esl://127.0.0.1',
      'a=esl://:@127.0.0.1',
      'a=http://:secret@127.0.0.1',
      'a=esl://:secret@127.0.0.1:65536',
      'a=esl://:secret@',
      'a b=esl://:secret@127.0.0.1',
      'a=esl://:secret%0Aapi@127.0.0.1',
      'a=esl://:secret%@127.0.0.1',
      'a=esl://u%3Av:secret@127.0.0.1',
      'a=esl://:secret@h,a=esl://:secret@i',
    ],
  },
  CDR_B_LEGS: {
    right: { local: { cdr: { bLegs: ['local'] } }, 'Outbound, inbound': { cdr: { bLegs: ['inbound', 'outbound'] } } },
    wrong: ['true', 'inbound,sideways', ','],
  },
  WEBHOOK_ALLOWED_NETWORKS: {
    right: { 'loopback,10.1.0.0/16': { webhookAllowedNetworks: ['127.0.0.0/8', '::1', '10.1.0.0/16'] } },
    wrong: ['intranet.example.com', '10.0.0.0/33', ','],
  },
  AUDIT_RETENTION_DAYS: {
    right: { '0': { auditRetentionDays: null }, '90': { auditRetentionDays: 90 } },
    wrong: ['-1', 'for ever'],
  },
  MEDIA_ROOT: {
    right: { '/var/lib/pbx': { media: { directory: '/var/lib/pbx' } } },
    wrong: ['/var/\u0007lib'],
  },
  MEDIA_LIMIT_BYTES: {
    right: { '1024': { media: { fileBytes: 1024 } } },
    wrong: ['0', '1 GB'],
  },
  CDR_RETENTION_DAYS: {
    right: { '0': { cdr: { retentionDays: null } }, '90': { cdr: { retentionDays: 90 } } },
    wrong: ['-1', 'for ever'],
  },
}

function failure(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  throw new Error(`${JSON.stringify(env)} was taken`)
}

describe('the environment', () => {
  test('may be empty: these are the defaults', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8000,
      databasePoolSize: 10,
      dataDirectory: resolve(root, '.data'),
      trustProxy: false,
      corsOrigins: [],
      logLevel: 'info',
      timeZone: 'UTC',
      tokenTtlDays: null,
      admin: { username: 'admin' },
      limits: {
        bodyBytes: 1_048_576,
        requestTimeoutMs: 30_000,
        statementTimeoutMs: 10_000,
        downloadTimeoutMs: 600_000,
        ratePerMinute: 6000,
      },
      switches: { allowedAddresses: ['127.0.0.0/8', '::1'], bodyBytes: 8_388_608 },
      freeswitches: [],
      switchStorage: [],
      switchRecordings: [],
      media: { directory: resolve(root, '.data/media'), fileBytes: 52_428_800 },
      webhookAllowedNetworks: [],
      auditRetentionDays: 365,
      cdr: { bLegs: [], retentionDays: null },
    })
  })

  test('counts an empty variable as unset', () => {
    expect(
      readConfig(Object.fromEntries(ENVIRONMENT_VARIABLES.map((name) => [name, ' '.repeat(Number(name < 'P'))]))),
    ).toEqual(readConfig({}))
  })

  test('has each variable tried here, and explained in .env.example', () => {
    expect(Object.keys(VALUES).sort()).toEqual([...ENVIRONMENT_VARIABLES].sort())
    const lines = readFileSync(resolve(root, '.env.example'), 'utf8').split('\n')
    const explained = lines.flatMap((line, index) => {
      const name = /^#([A-Z_]+)=/.exec(line)?.[1]
      return name && /^# \S/.test(lines[index - 1] ?? '') ? [name] : []
    })
    expect(explained.sort()).toEqual([...ENVIRONMENT_VARIABLES].sort())
  })

  describe.each(Object.entries(VALUES))('%s', (name, { right, wrong, beside }) => {
    test.each(Object.entries(right))('may be "%s"', (text, expected) => {
      expect(readConfig({ ...beside, [name]: text })).toMatchObject(expected as object)
    })

    test.each(wrong)('must not be "%s", and the message names it', (text) => {
      expect(failure({ ...beside, [name]: text })).toMatch(
        new RegExp(`^The environment is not usable:\\n  ${name}: expected [^\\n]+$`),
      )
    })
  })

  test('is refused with every wrong variable named, and no secret repeated', () => {
    const wrong = Object.fromEntries(Object.entries(VALUES).map(([name, values]) => [name, values.wrong[0]]))
    const message = failure(wrong)
    for (const name of ENVIRONMENT_VARIABLES) expect(message).toContain(`  ${name}: expected `)
    expect(message).not.toMatch(/secret|too short/)
  })

  test('has a name and a password for switches, or neither', () => {
    expect(failure({ SWITCH_USERNAME: 'fs' })).toBe(
      'The environment is not usable:\n  SWITCH_USERNAME: expected SWITCH_PASSWORD beside it, got "fs"',
    )
    expect(failure({ SWITCH_PASSWORD: 'hunter2' })).toBe(
      'The environment is not usable:\n  SWITCH_PASSWORD: expected SWITCH_USERNAME beside it',
    )
    expect(failure({ SWITCH_USERNAME: 'fs', PORT: 'x' })).toMatch(/PORT: expected.*\n {2}SWITCH_USERNAME: expected/)
  })

  test('becomes a value that nobody can change', () => {
    const config = readConfig({ CORS_ORIGINS: 'https://a.example' })
    for (const part of [config, config.limits, config.admin, config.corsOrigins, config.switches.allowedAddresses]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
})
