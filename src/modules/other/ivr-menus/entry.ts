/** The dialplan entry of an IVR menu. */
import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { type Step, set } from '../../../freeswitch/dialplan/extension.ts'
import type { Row } from '../../../rest/model/model.ts'
import { type Place, storedDestination } from '../../dialling/destinations.ts'
import type { Entry } from '../../dialling/entries.ts'
import { destinationText, exactly } from '../../dialling/texts.ts'

type Menu = Row<'IvrMenus'>

/** What the entry is made of: the menu alone; its options are the switch's to ask for when it plays the menu. */
export async function ivrMenuEntry(
  menu: Menu,
  domain: Place,
): Promise<Pick<Entry, 'app_id' | 'category' | 'sequence' | 'context' | 'conditions'>> {
  return {
    app_id: '6bf14c5d-c76c-4e6f-8782-c62bf7902ea3',
    category: 'IVR menu',
    sequence: 101,
    context: menu.context || domain.name,
    conditions: [{ field: 'destination_number', expression: exactly(menu.extension), steps: [...steps(menu, domain)] }],
  }
}

function* steps(menu: Menu, domain: Place): Generator<Step> {
  const { id, extension, cid_prefix, ringback } = menu
  yield { application: 'ring_ready' }
  yield { application: 'answer' }
  // The first moments of a call that was just answered are lost on some telephones.
  yield { application: 'sleep', data: '1000' }
  yield set('hangup_after_bridge', 'true')
  if (expandable(ringback)) yield set('ringback', ringback)
  yield set('presence_id', `${extension}@${domain.name}`)
  yield* languageSteps(menu.language)
  if (expandable(ringback)) yield set('transfer_ringback', ringback)
  if (expandable(cid_prefix)) yield set('effective_caller_id_name', `${cid_prefix}#\${caller_id_name}`)
  yield set('ivr_menu_uuid', id)
  yield { application: 'ivr', data: id }
  const text = destinationText(menu.exit_app, menu.exit_data)
  const exit = text === undefined ? undefined : storedDestination(domain, text)
  if (exit) yield exit
}

/** A language, its dialect and a voice, as `en/us/callie`. */
function* languageSteps(text: string | null): Generator<Step> {
  if (!text || languageError(text) !== undefined) return
  const names = ['default_language', 'default_dialect', 'default_voice']
  for (const [index, part] of text.split('/').entries()) yield set(names[index]!, part)
}

/** Why text is no language. */
export const languageError = (text: string): string | undefined =>
  /^[\w-]+(?:\/[\w-]+){0,2}$/.test(text)
    ? undefined
    : 'Give a language, or language/dialect/voice such as en/us/callie.'

const expandable = (text: string | null): text is string => Boolean(text) && variablesError(text!) === undefined
