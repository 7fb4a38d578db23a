import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { freeswitches, type SwitchAddress } from './config/freeswitches.ts'
import { type SwitchStorage, switchStorage } from './config/switch-storage.ts'
import {
  corsOrigins,
  integer,
  isTimeZone,
  list,
  networks,
  publicUrl,
  trustProxy,
  variable,
  withoutNames,
} from './config/values.ts'

/** What the process is told by its environment; nothing else reads it. */
export interface Config {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Unset: an embedded PostgreSQL keeps the data in `dataDirectory`. */
  readonly databaseUrl?: string
  readonly databasePoolSize: number
  readonly dataDirectory: string
  /** Where clients reach the API, without a trailing slash. Unset: links repeat the host a request was sent to. */
  readonly publicUrl?: string
  /** Whose X-Forwarded-* headers are believed: nobody's, everybody's, that many hops, or these addresses. */
  readonly trustProxy: boolean | number | string[]
  readonly corsOrigins: string[] | '*'
  readonly logLevel: LogLevel
  /** The IANA time zone in which the API shows and reads times; PostgreSQL keeps UTC. */
  readonly timeZone: string
  /** null: tokens do not expire. */
  readonly tokenTtlDays: number | null
  readonly admin: { readonly username: string; readonly password?: string }
  readonly limits: {
    readonly bodyBytes: number
    readonly requestTimeoutMs: number
    readonly statementTimeoutMs: number
    /** For a download of everything, from its first byte to its last. */
    readonly downloadTimeoutMs: number
    /** Requests a minute for each caller; 0: no limit. */
    readonly ratePerMinute: number
  }
  /** Telephone switches, which post call records and ask for what they need. */
  readonly switches: {
    /** Addresses and networks. */
    readonly allowedAddresses: string[]
    /** With the password: what a switch must send besides; both are set, or none. */
    readonly username?: string
    readonly password?: string
    readonly bodyBytes: number
  }
  /** Telephone switches that this server gives commands to and hears events from. */
  readonly freeswitches: readonly SwitchAddress[]
  /** Where this server finds the files of switches. */
  readonly switchStorage: readonly SwitchStorage[]
  /** `recordings_dir` of switches, as this server sees it. */
  readonly switchRecordings: readonly string[]
  /** Audio of mailboxes, recordings and calls. */
  readonly media: {
    readonly directory: string
    /** Of one file. */
    readonly fileBytes: number
  }
  /** Addresses and networks that webhooks may lead to though they are not on the internet. */
  readonly webhookAllowedNetworks: string[]
  /** null: entries of the audit log are kept for ever. */
  readonly auditRetentionDays: number | null
  readonly cdr: {
    /** Directions of calls whose b-legs are recorded too. */
    readonly bLegs: Direction[]
    /** null: call records are kept for ever. */
    readonly retentionDays: number | null
  }
}

/** The environment is wrong; the message names every wrong variable and says what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const DIRECTIONS = ['inbound', 'outbound', 'local'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** Reads the environment, with what `.env` in the working directory adds to it, or throws a ConfigError. */
export function readConfig(env?: NodeJS.ProcessEnv): Config {
  if (!env && existsSync('.env')) process.loadEnvFile()
  const source = env ?? process.env
  const given = Object.fromEntries(ENVIRONMENT_VARIABLES.map((name) => [name, textOf(name, source)]))
  const parsed = environment.safeParse(given)
  const problems = [...(parsed.error?.issues ?? []).map(problemOf), ...unpaired(given)]
  if (!parsed.success || problems.length) throw new ConfigError(describe(problems, given))
  const variables = parsed.data
  return deepFreeze({
    host: variables.HOST,
    port: variables.PORT,
    ...(variables.DATABASE_URL && { databaseUrl: variables.DATABASE_URL }),
    databasePoolSize: variables.DATABASE_POOL_SIZE,
    dataDirectory: resolve(import.meta.dirname, '../.data'),
    ...(variables.PUBLIC_URL && { publicUrl: variables.PUBLIC_URL }),
    trustProxy: variables.TRUST_PROXY,
    corsOrigins: variables.CORS_ORIGINS,
    logLevel: variables.LOG_LEVEL,
    timeZone: variables.TIME_ZONE,
    tokenTtlDays: variables.TOKEN_TTL_DAYS,
    admin: {
      username: variables.PBX_ADMIN_USERNAME,
      ...(variables.PBX_ADMIN_PASSWORD && { password: variables.PBX_ADMIN_PASSWORD }),
    },
    limits: {
      bodyBytes: variables.BODY_LIMIT_BYTES,
      requestTimeoutMs: variables.REQUEST_TIMEOUT_MS,
      statementTimeoutMs: variables.STATEMENT_TIMEOUT_MS,
      downloadTimeoutMs: variables.DOWNLOAD_TIMEOUT_MS,
      ratePerMinute: variables.RATE_LIMIT_MAX,
    },
    switches: {
      allowedAddresses: variables.SWITCH_ALLOWED_ADDRESSES,
      ...(variables.SWITCH_USERNAME && { username: variables.SWITCH_USERNAME }),
      ...(variables.SWITCH_PASSWORD && { password: variables.SWITCH_PASSWORD }),
      bodyBytes: variables.SWITCH_BODY_LIMIT_BYTES,
    },
    freeswitches: variables.FREESWITCHES,
    switchStorage: variables.SWITCH_STORAGE_ROOT,
    switchRecordings: variables.SWITCH_RECORDINGS_ROOT,
    media: {
      directory: resolve(variables.MEDIA_ROOT ?? resolve(import.meta.dirname, '../.data/media')),
      fileBytes: variables.MEDIA_LIMIT_BYTES,
    },
    webhookAllowedNetworks: variables.WEBHOOK_ALLOWED_NETWORKS,
    auditRetentionDays: variables.AUDIT_RETENTION_DAYS,
    cdr: { bLegs: variables.CDR_B_LEGS, retentionDays: variables.CDR_RETENTION_DAYS },
  })
}

/** 0: without end. */
const daysOrEver = integer(0, 36_500).transform((days) => days || null)

const MAX_TIMEOUT_MS = 2 ** 31 - 1

const environment = z.object({
  HOST: variable('a host name or an address without spaces', (text) => (/\s|\//.test(text) ? undefined : text)).default(
    '127.0.0.1',
  ),
  PORT: integer(0, 65_535).default(8000),
  DATABASE_URL: variable('a URL such as postgresql://user:password@host:5432/database', (text) =>
    /^postgres(ql)?:\/\/./.test(text) ? text : undefined,
  ).optional(),
  DATABASE_POOL_SIZE: integer(1, 1000).default(10),
  PUBLIC_URL: variable('an http or https URL without query', publicUrl).optional(),
  TRUST_PROXY: variable(
    'true, false, a number of hops, or addresses and networks (10.0.0.0/8) separated by commas',
    trustProxy,
  ).default(false),
  CORS_ORIGINS: variable('* or origins such as https://panel.example.com separated by commas', corsOrigins).default(
    () => [],
  ),
  LOG_LEVEL: variable(`one of ${LOG_LEVELS.join(', ')}`, (text) =>
    LOG_LEVELS.find((level) => level === text.toLowerCase()),
  ).default('info'),
  TIME_ZONE: variable('an IANA time zone such as Europe/Berlin', (text) =>
    isTimeZone(text) ? text : undefined,
  ).default('UTC'),
  TOKEN_TTL_DAYS: daysOrEver.default(null),
  PBX_ADMIN_USERNAME: variable('1 to 150 letters, digits and @ . + - _', (text) =>
    /^[\p{L}\p{N}_.@+-]{1,150}$/u.test(text) ? text : undefined,
  ).default('admin'),
  PBX_ADMIN_PASSWORD: variable('at least 10 characters', (text) => (text.length >= 10 ? text : undefined)).optional(),
  BODY_LIMIT_BYTES: integer(1024, 2 ** 30).default(2 ** 20),
  REQUEST_TIMEOUT_MS: integer(100, MAX_TIMEOUT_MS).default(30_000),
  STATEMENT_TIMEOUT_MS: integer(100, MAX_TIMEOUT_MS).default(10_000),
  DOWNLOAD_TIMEOUT_MS: integer(100, MAX_TIMEOUT_MS).default(600_000),
  RATE_LIMIT_MAX: integer(0, 1_000_000_000).default(6000),
  SWITCH_ALLOWED_ADDRESSES: variable('addresses and networks (10.0.0.0/8) separated by commas', networks).default(() =>
    withoutNames(['loopback']),
  ),
  // What HTTP's basic authentication cannot carry is refused here.
  SWITCH_USERNAME: variable('characters that can be printed, without a colon', (text) =>
    /[\p{Cc}:]/u.test(text) ? undefined : text,
  ).optional(),
  SWITCH_PASSWORD: variable('characters that can be printed', (text) =>
    /\p{Cc}/u.test(text) ? undefined : text,
  ).optional(),
  SWITCH_BODY_LIMIT_BYTES: integer(1024, 2 ** 30).default(8 * 2 ** 20),
  FREESWITCHES: variable(
    'switches such as switch1=esl://:password@127.0.0.1:8021 separated by commas, each with a name of its own',
    freeswitches,
  ).default(() => []),
  SWITCH_STORAGE_ROOT: variable(
    'absolute folders, each as FOLDER, FOLDER_ON_THE_SWITCH:FOLDER_HERE or SWITCH=FOLDER…, separated by commas',
    switchStorage,
  ).default(() => []),
  SWITCH_RECORDINGS_ROOT: variable('absolute folders separated by commas', (text) => {
    const folders = list(text)
    return folders.length > 0 && folders.every((one) => /^\/[^\p{Cc}]*$/u.test(one)) ? folders : undefined
  }).default(() => []),
  MEDIA_ROOT: variable('a folder', (text) => (/\p{Cc}/u.test(text) ? undefined : text)).optional(),
  MEDIA_LIMIT_BYTES: integer(1024, 2 ** 31).default(50 * 2 ** 20),
  WEBHOOK_ALLOWED_NETWORKS: variable('addresses and networks (10.0.0.0/8) separated by commas', networks).default(
    () => [],
  ),
  AUDIT_RETENTION_DAYS: daysOrEver.default(365),
  CDR_B_LEGS: variable(`any of ${DIRECTIONS.join(', ')}, separated by commas`, directions).default(() => []),
  CDR_RETENTION_DAYS: daysOrEver.default(null),
})

/** Every variable there is; `.env.example` explains each. */
export const ENVIRONMENT_VARIABLES = Object.keys(environment.shape)

/** Their values are not repeated in messages. */
const SECRET_VARIABLES = new Set(['DATABASE_URL', 'PBX_ADMIN_PASSWORD', 'SWITCH_PASSWORD', 'FREESWITCHES'])

/** Empty counts as unset. Only a password may begin or end with a space. */
function textOf(name: string, source: NodeJS.ProcessEnv): string | undefined {
  const text = source[name]
  return (name.endsWith('_PASSWORD') ? text : text?.trim()) || undefined
}

interface Problem {
  readonly name: string
  readonly expected: string
}

const problemOf = ({ path, message }: z.core.$ZodIssue): Problem => ({ name: String(path[0]), expected: message })

/** A name without its password, or the reverse, would leave switches unasked for what somebody meant to ask them for. */
function unpaired(given: Record<string, string | undefined>): Problem[] {
  const pair = ['SWITCH_USERNAME', 'SWITCH_PASSWORD'] as const
  const [name, ...both] = pair.filter((each) => given[each] !== undefined)
  if (name === undefined || both.length) return []
  return [{ name, expected: `${pair.find((each) => each !== name)} beside it` }]
}

function describe(problems: readonly Problem[], given: Record<string, string | undefined>): string {
  const lines = problems.map(
    ({ name, expected }) =>
      `  ${name}: expected ${expected}${SECRET_VARIABLES.has(name) ? '' : `, got "${given[name]}"`}`,
  )
  return `The environment is not usable:\n${lines.join('\n')}`
}

function directions(text: string): Direction[] | undefined {
  const named = list(text.toLowerCase())
  return named.length && named.every((name) => (DIRECTIONS as readonly string[]).includes(name))
    ? DIRECTIONS.filter((direction) => named.includes(direction))
    : undefined
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (part && typeof part === 'object') deepFreeze(part)
  return Object.freeze(value)
}
