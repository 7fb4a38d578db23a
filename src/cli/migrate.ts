import type { Command } from 'commander'
import { migrate } from '../database/migrate.ts'
import { withUrl } from './database.ts'
import { complain, print } from './output.ts'

/** `pbx-api migrate` */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database up to date; the server does so itself when it starts')
    .addHelpText('after', '\nExamples:\n  pbx-api migrate\n  DATABASE_URL=postgresql://pbx@db/pbx pbx-api migrate')
    .action(async () => {
      const applied = await withUrl((url) => migrate(url, complain))
      if (applied.length === 0) complain('The database is up to date.')
      for (const name of applied) print(name)
    })
}
