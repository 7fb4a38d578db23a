import { resolve } from 'node:path'
import type { Command } from 'commander'
import { Intake } from '../modules/cdr/intake/intake.ts'
import { type Imported, importSpool } from '../modules/cdr/intake/spool.ts'
import { databaseOn } from '../rest/database.ts'
import { withPool } from './database.ts'
import { CliError } from './errors.ts'
import { complain, type OutputOptions, printOne } from './output.ts'

/** Between two lines of progress. */
const PROGRESS_MS = 2000

/** `pbx-api cdr …` */
export function addCdrCommands(program: Command): void {
  const cdr = program.command('cdr').description('call records')
  cdr
    .command('import')
    .description('store the call records that a switch could not deliver and keeps in its err-log-dir')
    .argument('<directory>', 'the folder with files such as a_UUID.cdr.xml')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Files that are stored are moved to DIRECTORY/imported, those that cannot be to DIRECTORY/rejected and the table of
rejects (/api/cdr_rejects/), b legs that are not wanted to DIRECTORY/dropped. It can be stopped and run again at any
time; a record that is there already is stored once.

Examples:
  pbx-api cdr import /var/log/freeswitch/xml_cdr`,
    )
    .action((directory: string, options: OutputOptions) => importDirectory(resolve(directory), options))
}

async function importDirectory(directory: string, options: OutputOptions): Promise<void> {
  const stop = new AbortController()
  const onSignal = () => {
    complain('Stopping when the files under way are done.')
    stop.abort()
  }
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  try {
    const done = await withPool((pool, { cdr, switches }) =>
      importSpool(new Intake(databaseOn(pool), cdr.bLegs), directory, {
        mostBytes: switches.bodyBytes,
        signal: stop.signal,
        onProgress: progress(),
        onProblem: (file, reason) => complain(`${file}: ${reason}`),
      }),
    )
    printOne({ ...done }, options)
    if (stop.signal.aborted) throw new CliError('It was stopped; run it again for the rest.')
  } catch (error) {
    throw explained(error, directory)
  } finally {
    process.removeListener('SIGINT', onSignal).removeListener('SIGTERM', onSignal)
  }
}

function progress(): (done: Readonly<Imported>) => void {
  let toldAt = Date.now()
  return ({ stored, rejected, dropped, left }) => {
    if (Date.now() - toldAt < PROGRESS_MS) return
    toldAt = Date.now()
    complain(`${stored} stored, ${rejected} rejected, ${dropped} dropped, ${left} left`)
  }
}

function explained(error: unknown, directory: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  // The database's socket may be what is not there.
  if (syscall === 'connect') return error
  if (code === 'ENOENT' || code === 'ENOTDIR') return new CliError(`${directory} is no directory.`)
  if (code === 'EACCES') return new CliError(`${directory} cannot be read, or files cannot be moved in it.`)
  return error
}
