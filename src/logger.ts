/** The log: JSON lines, readable ones on a terminal; secrets never get in. */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'

const SECRETS = ['password', 'token', 'api_key', 'authorization', 'agent_pin']

/** A logger of that level. Fields that hold secrets are masked at the depths where the server logs objects. */
export function logger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
  }
  if (destination) return pino(options, destination)
  if (!process.stdout.isTTY) return pino(options)
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' } },
  })
}
