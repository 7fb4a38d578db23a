/** The folder on the switch that music is played from. */
import type { Caller } from '../../../rest/caller.ts'
import type { Place } from '../../dialling/destinations.ts'
import { valueError } from '../switch-texts.ts'

/**
 * Why text may not be a folder of music. Administrators of the system may name any; who administers one tenant has what
 * comes with the switch, and the folders of its own recordings and files: others hold what other tenants recorded.
 */
export function pathError(text: string, domain: Place | undefined, { role }: Pick<Caller, 'role'>): string | undefined {
  if (role === 'admin_api') return valueError(text)
  const [, root = '', path = ''] = /^\$\$\{(\w+)\}\/(.+?)\/?$/.exec(text) ?? []
  const [first = '', ...rest] = path.split('/')
  const own = domain !== undefined && first === { recordings_dir: domain.name, media_dir: domain.id }[root]
  const shipped = root === 'sounds_dir' && first === 'music'
  const plain = rest.every((name) => /^\w[\w .-]*$/.test(name))
  return plain && (shipped || (own && rest.length > 0)) ? undefined : PLACES
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
const PLACES =
  "Name a folder below $${sounds_dir}/music/, $${recordings_dir}/ and the domain's name, or $${media_dir}/ and the domain's id."
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
