import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { atomically, rowsOf } from '../auth/queries.ts'
import { insertDefaults } from '../modules/dialplans/defaults/index.ts'
import { withPool } from './database.ts'
import { CliError } from './errors.ts'
import { columnText } from './find.ts'
import { type OutputOptions, printOne } from './output.ts'

interface CreateOptions extends OutputOptions {
  readonly portal?: string
  readonly switch: string
  readonly description?: string
}

/** `pbx-api domain …` */
export function addDomainCommands(program: Command): void {
  const domain = program.command('domain').description('tenants')
  domain
    .command('create <name>')
    .description('make a tenant')
    .option('-p, --portal <name>', "the host name of its portal (default: a random one, as DjangoPBX's)")
    .option('-s, --switch <name>', 'the FreeSWITCH that serves it', 'switch1')
    .option('--description <text>', 'a few words about it')
    .option('--json', 'tell the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  pbx-api domain create acme.example\n  pbx-api domain create acme.example --switch switch2 --json',
    )
    .action(create)
}

async function create(text: string, options: CreateOptions): Promise<void> {
  const name = columnText('Domain', 'name', text)
  const portal = columnText('Domain', 'portal_name', options.portal ?? `${randomUUID()}.com`)
  const homeSwitch = columnText('Domain', 'home_switch', options.switch)
  const description = options.description && columnText('Domain', 'description', options.description)
  await withPool(async (pool) => {
    const row = await atomically(pool, async (tx) => {
      const [made] = await rowsOf<{ id: string; name: string }>(
        tx,
        `INSERT INTO domains (name, portal_name, home_switch, description) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING id, name, portal_name, home_switch`,
        [name, portal, homeSwitch, description ?? null],
      )
      if (!made) throw new CliError(`There is a domain named "${name}", or with the portal "${portal}", already.`)
      const { text: defaults, values } = insertDefaults([made], '')
      await tx.query(defaults, [...values])
      return made
    })
    printOne(row, options)
  })
}
