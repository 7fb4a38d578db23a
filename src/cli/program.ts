/** The command line: what an administrator does beside the API. It needs no running server, and heeds one that runs. */
import { Command, CommanderError } from 'commander'
import { addCdrCommands } from './cdr.ts'
import { addDomainCommands } from './domain.ts'
import { explain } from './errors.ts'
import { addMigrateCommand } from './migrate.ts'
import { complain } from './output.ts'
import { addTokenCommands } from './token.ts'
import { addUserCommands } from './user.ts'

const MORE_HELP = `
The database is the one DATABASE_URL names, else the embedded one in ./.data. A running server sees every change at once.

Examples:
  pbx-api domain create acme.example
  pbx-api user create anna --group minor_admin_api --domain acme.example
  pbx-api token create anna --name panel`

/** Does what the arguments say and returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command('pbx-api')
    .description('Administration of pbx-api.')
    .exitOverride() // inherited by the commands below
    .addHelpText('after', MORE_HELP)
  addUserCommands(program)
  addTokenCommands(program)
  addDomainCommands(program)
  addCdrCommands(program)
  addMigrateCommand(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode // which has spoken already
    complain(`Error: ${explain(error)}`)
    return 1
  }
}
