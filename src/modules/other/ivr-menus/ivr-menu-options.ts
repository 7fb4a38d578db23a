import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { everything } from '../../../rest/access.ts'
import type { Caller } from '../../../rest/caller.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { noSuchRow, readUuid } from '../../../rest/values/identity.ts'
import { inOwnDomain } from '../../access.ts'
import { domainOf, type Place, resolveDestination } from '../../dialling/destinations.ts'
import { soundError } from '../../dialling/texts.ts'

type Option = Row<'IvrMenuOptions'>
type Context = Pick<WriteContext, 'tx' | 'caller'>

/** Keys of an IVR menu, and what each does. */
export const ivrMenuOptions = resource('IvrMenuOptions', {
  path: 'ivrmenuoptions',
  tenant: 'ivr_menu_id__domain_id',
  order: ['ivr_menu_id', 'sequence'],
  search: ['option_digits', 'option_action', 'option_param', 'description'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('ivr_menu_id__domain_id') },
  within: {
    create: (option, context) => check(option, null, context),
    update: (option, before, context) => check(option, before, context),
  },
})

/** What was stored before is not asked again: what it names may have gone meanwhile. */
async function check(option: Option, before: Option | null, context: Context): Promise<void> {
  const changed = (...columns: (keyof Option)[]) => columns.some((column) => option[column] !== before?.[column])
  const errors: Record<string, string | undefined> = {
    ...(changed('option_digits') && { option_digits: digitsError(option.option_digits, context.caller) }),
    ...(changed('option_action') && { option_action: actionError(option.option_action) }),
  }
  if (errors.option_action === undefined && changed('ivr_menu_id', 'option_action', 'option_param')) {
    errors.option_param = await paramError(option, context)
  }
  const told = Object.entries(errors).flatMap(([field, error]) => (error === undefined ? [] : [[field, [error]]]))
  if (told.length > 0) throw new ValidationError(Object.fromEntries(told))
}

/** What a menu of the switch can do with a key. */
const ACTIONS = ['menu-exec-app', 'menu-sub', 'menu-back', 'menu-top', 'menu-exit', 'menu-play-sound']

const actionError = (action: string | null): string | undefined =>
  !action || ACTIONS.includes(action) ? undefined : `Give one of ${ACTIONS.join(', ')}.`

/** Keys as callers press them, or none, and nobody comes there; administrators of the system may give a regular expression between slashes. */
function digitsError(digits: string | null, { role }: Caller): string | undefined {
  if (/^[0-9*#]*$/.test(digits ?? '')) return undefined
  if (role === 'admin_api' && /^\/[^/\s]+\/$/.test(digits ?? '')) return undefined
  return 'Keys are digits, * and #.'
}

async function paramError(option: Option, { tx, caller }: Context): Promise<string | undefined> {
  const [menu] = await tx.find('IvrMenus', { id: option.ivr_menu_id })
  const domain = await domainOf(tx, menu?.domain_id)
  const { option_param: param } = option
  switch (option.option_action) {
    case 'menu-exec-app':
      return execError(param, domain, { tx, caller })
    case 'menu-play-sound':
      return soundError(param, domain, caller)
    case 'menu-sub':
      return subMenuError(param, menu, tx)
    default:
      return variablesError(param)
  }
}

async function execError(param: string, domain: Place | undefined, { tx, caller }: Context) {
  if (domain === undefined) return variablesError(param)
  const resolved = await resolveDestination(tx, domain, param, caller.role ?? 'user_api')
  return 'error' in resolved ? resolved.error : undefined
}

/** Another menu of the tenant, by its id. */
async function subMenuError(param: string, menu: Row<'IvrMenus'> | undefined, tx: WriteContext['tx']) {
  const id = readUuid(param)
  if (id === undefined) return "Give the id of another of this domain's IVR menus."
  if (id === menu?.id) return 'A menu cannot be a menu below itself.'
  const [found] = await tx.find('IvrMenus', { id })
  return found && found.domain_id === menu?.domain_id ? undefined : noSuchRow(param)
}
