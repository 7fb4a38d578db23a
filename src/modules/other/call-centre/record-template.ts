/** Where calls of a queue are recorded: a file's name that mod_callcenter expands for each call. */
import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import type { Caller } from '../../../rest/caller.ts'
import type { Place } from '../../dialling/destinations.ts'

/** Parts of the date, as archives of recordings have them. It is the only command that is let through. */
const DATE = /\$\{strftime\([%A-Za-z0-9 ._-]{1,32}\)\}/g

/**
 * Why text may not be a template. Who administers one tenant records below the tenant's own folder only, and under names
 * in which nothing comes from the caller.
 */
export function recordTemplateError(
  text: string,
  domain: Place | undefined,
  { role }: Pick<Caller, 'role'>,
): string | undefined {
  const undated = text.replaceAll(DATE, 'date')
  const error = variablesError(undated)
  if (error !== undefined || role === 'admin_api') return error
  return domain && isBelow(domain, undated) ? undefined : OWN_FOLDER
}

function isBelow({ name }: Place, text: string): boolean {
  const [, place = '', file = ''] = /^\$?\$\{recordings_dir\}\/([^/]+)\/(.+)$/.exec(text) ?? []
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  return [name, '${domain_name}'].includes(place) && file.replaceAll(NAMES, 'name').split('/').every(isName)
}

/** Variables whose values the switch makes itself. */
const NAMES = /\$\{(?:uuid|call_uuid|record_ext|domain_name)\}/g
const isName = (text: string): boolean => /^\w[\w .+-]*$/.test(text)

const OWN_FOLDER =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  'Record below ${recordings_dir}/${domain_name}/; a name has letters, digits, ${strftime(%Y)}, ${uuid} and ${record_ext}.'
