import { literalError } from '../../../freeswitch/dialplan/expansion.ts'
import { everything } from '../../../rest/access.ts'
import type { Action } from '../../../rest/asking.ts'
import { resource } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import { type Change, contextError, entryHooks, generateXml, textErrors } from '../../dialling/entry-hooks.ts'
import { numberTaken } from '../../dialling/numbers.ts'
import { destinationError, legTextError, ringbackError, soundError } from '../../dialling/texts.ts'
import { FLUSHED } from '../../switch-answers.ts'
import { ivrMenuEntry, languageError } from './entry.ts'

const flush: Action = {
  on: 'row',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Makes the switches forget the menu',
  answer: FLUSHED,
  run: ({ services }, row) => services.switches.flushIvrMenu([String(row.id)]),
}

/** Menus that callers walk through by pressing keys. Their dialplan entries are made, changed and removed with them. */
export const ivrMenus = resource('IvrMenus', {
  path: 'ivrmenus',
  tenant: 'domain_id',
  // Its clients know none.
  hidden: ['description'],
  links: { gen_xml: 'generate_xml' },
  order: ['domain_id', 'name', 'extension'],
  search: ['name', 'extension'],
  fill: { context: 'domain_id__name' },
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  within: entryHooks('IvrMenus', { check, build: ivrMenuEntry }),
  constraints: { dialled_numbers_pkey: numberTaken('extension') },
  actions: { generate_xml: generateXml, flush_cache_ivrmenu: flush },
})

async function check(change: Change<'IvrMenus'>): Promise<Record<string, string | undefined>> {
  const { row, domain, context, changed } = change
  const { caller, tx } = context
  const sound = (text: string) => soundError(text, domain, caller)
  return {
    ...textErrors(change, {
      context: (text) => contextError(text, domain, caller),
      language: languageError,
      greet_long: sound,
      greet_short: sound,
      invalid_sound: sound,
      exit_sound: sound,
      confirm_macro: literalError,
      confirm_key: keysError,
      tts_engine: literalError,
      tts_voice: literalError,
      ringback: (text) => ringbackError(text, domain, caller),
      cid_prefix: legTextError,
    }),
    ...(changed('domain_id') && { domain_id: await optionsError(change) }),
    ...(changed('exit_app', 'exit_data') && {
      exit_data: await destinationError(tx, domain, { application: row.exit_app, data: row.exit_data }, caller),
    }),
  }
}

/** Options lead to what the menu's tenant has, so a menu that has some stays there. */
async function optionsError({ row, before, context }: Change<'IvrMenus'>): Promise<string | undefined> {
  if (before === null) return undefined
  const [option] = await context.tx.find('IvrMenuOptions', { ivr_menu_id: row.id })
  return option && 'Remove the options of the IVR menu first: they lead to what its domain has.'
}

const keysError = (text: string): string | undefined =>
  /^[0-9*#]+$/.test(text) ? undefined : 'Keys are digits, * and #.'
