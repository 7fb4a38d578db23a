/** The command line in this process: starting one for each command takes a second. */
import { Readable } from 'node:stream'
import { vi } from 'vitest'
import { run } from '../../src/cli/program.ts'

export interface CommandAnswer {
  code: number
  out: string
  err: string
}

/** Runs a command, whose words have no blanks in them, with these variables and this on its standard input. */
export async function runCommand(
  command: string,
  environment: Record<string, string>,
  input = '',
): Promise<CommandAnswer> {
  const written = { out: '', err: '' }
  const record = (to: 'out' | 'err') => (chunk: unknown) => {
    written[to] += String(chunk)
    return true
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  vi.spyOn(process.stdout, 'write').mockImplementation(record('out'))
  vi.spyOn(process.stderr, 'write').mockImplementation(record('err'))
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([input]) as typeof process.stdin)
  try {
    const code = await run(command.split(' ').filter(Boolean))
    return { code, ...written }
  } finally {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  }
}
