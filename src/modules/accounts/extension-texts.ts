/** What who administers one tenant may write where the switch takes text for more than text. */
import { ADMINISTRATORS_ONLY } from '../../freeswitch/dialplan/document.ts'
import { hostReach } from '../../freeswitch/dialplan/safety.ts'
import type { Caller } from '../../rest/caller.ts'
import { type FieldErrors, ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'
import type { WriteContext } from '../../rest/resource.ts'
import { stepRefused } from '../dialplans/tenancy.ts'

type Extension = Row<'Extension'>

/** What the switch does with the text of a column. */
const USED_BY = { dial_string: 'bridge', hold_music: 'playback' } as const

/** Without any of these a text names neither an endpoint nor a source, and nothing is expanded. */
const REACHING = /[/$]/

/** Why a dial string or music on hold would reach the host of the switch. What is there already stays. */
export function reachesHost(
  values: Partial<Extension>,
  before: Extension | null,
  { role }: Pick<Caller, 'role'>,
): FieldErrors | undefined {
  if (role === 'admin_api') return undefined
  const errors: FieldErrors = {}
  for (const [name, application] of Object.entries(USED_BY) as [keyof typeof USED_BY, string][]) {
    const text = values[name]
    const reach = text && text !== before?.[name] && REACHING.test(text) ? hostReach(application, text) : undefined
    if (reach) errors[name] = [`${reach} ${ADMINISTRATORS_ONLY}`]
  }
  return Object.keys(errors).length > 0 ? errors : undefined
}

/** A dial string rings telephones of the tenant, or goes by its trunks. */
export async function checkDialString(
  { dial_string, domain_id }: Extension,
  before: Extension | null,
  context: Pick<WriteContext, 'tx' | 'caller'>,
): Promise<void> {
  if (!dial_string || !REACHING.test(dial_string)) return
  if (before && dial_string === before.dial_string && domain_id === before.domain_id) return
  const sentence = await stepRefused('bridge', dial_string, domain_id, context)
  if (sentence) throw new ValidationError({ dial_string: [sentence] })
}
