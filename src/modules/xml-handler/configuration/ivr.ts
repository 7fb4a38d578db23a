/** ivr.conf: a menu, and the menus below it. */
import { element } from '../../../freeswitch/xml/write.ts'
import type { Row } from '../../../rest/model/model.ts'
import { isNumber, storedDestination } from '../../dialling/destinations.ts'
import type { Answerer } from '../question.ts'
import { configuration, readJson } from './document.ts'
import { soundText } from './sounds.ts'

type Option = Row<'IvrMenuOptions'>
type Menu = Row<'IvrMenus'> & {
  readonly domain_name: string | null
  readonly options: readonly Option[]
}

/**
 * The switch asks when a call enters a menu (`Menu-Name`): by the id, as our dialplans say it, or by the name of a menu of
 * the tenant whose call it is. It is looked for in the answer by the name it was asked by.
 */
export const answerIvr: Answerer = async (question, database) => {
  const asked = question.field('Menu-Name')
  const tenant = question.field('variable_domain_name') || question.field('Caller-Context')
  if (asked === '') return undefined
  const menus = await readJson<readonly Menu[]>(database, { text: MENUS, values: [asked, tenant] })
  if (menus.length === 0) return undefined
  const children = menus.map((menu, index) => menuElement(menu, index === 0 ? asked : menu.id))
  return configuration('ivr.conf', 'IVR Menus', [element('menus', {}, children)])
}

function menuElement(menu: Menu, name: string): string {
  const sound = (text: string | null) => soundText(text, menu.domain_name)
  const attributes = {
    name,
    description: menu.name ?? '',
    'greet-long': sound(menu.greet_long),
    'greet-short': sound(menu.greet_short),
    'invalid-sound': sound(menu.invalid_sound),
    'exit-sound': sound(menu.exit_sound),
    'confirm-macro': menu.confirm_macro ?? '',
    'confirm-key': menu.confirm_key ?? '',
    'tts-engine': menu.tts_engine ?? '',
    'tts-voice': menu.tts_voice ?? '',
    'confirm-attempts': menu.confirm_attempts,
    timeout: menu.timeout,
    'inter-digit-timeout': menu.inter_digit_timeout,
    'max-failures': menu.max_failiures,
    'max-timeouts': menu.max_timeouts,
    'digit-len': menu.digit_len,
  }
  return element('menu', attributes, [...menu.options.flatMap((option) => entry(option, menu)), ...directDial(menu)])
}

function entry(option: Option, menu: Menu): string[] {
  const { option_action, option_digits, option_param, description } = option
  if (!option_action || !option_digits) return []
  const param = paramOf(option_action, option_param, menu)
  if (param === undefined) return []
  return [element('entry', { action: option_action, digits: option_digits, param, description: description ?? '' })]
}

function paramOf(action: string, text: string, { domain_id, domain_name }: Menu) {
  if (action === 'menu-play-sound') return soundText(text, domain_name)
  if (action === 'menu-sub') return text.trim().toLowerCase()
  if (action !== 'menu-exec-app' || domain_id === null || domain_name === null) return text
  const destination = storedDestination({ id: domain_id, name: domain_name }, text)
  return destination && `${destination.application} ${destination.data}`.trim()
}

/** Extensions of the tenant are reached by their numbers, and no other number is: the caller hears the menu again. */
function directDial(menu: Menu): string[] {
  const { direct_dial, domain_name, extension, digit_len } = menu
  const context = menu.context || domain_name
  if (!direct_dial || !context || !domain_name || !isNumber(extension)) return []
  if (![domain_name, context].every((name) => /^[\w.-]+$/.test(name))) return []
  const number = `\${cond(\${user_exists id $1 ${domain_name}} == true ? $1 : ${extension})}`
  const digits = `/^(\\d{2,${Math.max(digit_len, 2)}})$/`
  return [
    element('entry', { action: 'menu-exec-app', digits, param: `transfer ${number} XML ${context}`, description: '' }),
  ]
}

/** The menu first, and those below it, of its tenant: the switch looks for them in the same answer. */
const MENUS = `
  WITH RECURSIVE "enabled" AS (
    SELECT m.*, d."name" AS "domain_name" FROM "ivr_menus" m LEFT JOIN "domains" d ON d."id" = m."domain_id"
    WHERE m."enabled" AND d."enabled" IS NOT FALSE),
  "asked" AS (
    SELECT m."id", m."domain_id" FROM "enabled" m
    WHERE m."id"::text = lower($1) OR (m."name" = $1 AND m."domain_name" = $2)
    ORDER BY m."id"::text = lower($1) DESC, m."id" LIMIT 1),
  "reached" AS (
    SELECT a."id", a."domain_id" FROM "asked" a
    UNION
    SELECT m."id", m."domain_id" FROM "reached" r
      JOIN "ivr_menu_options" o ON o."ivr_menu_id" = r."id" AND o."option_action" = 'menu-sub'
      JOIN "enabled" m ON m."id"::text = lower(trim(o."option_param")) AND m."domain_id" IS NOT DISTINCT FROM r."domain_id")
  SELECT coalesce(json_agg(to_jsonb(m) || jsonb_build_object('options', (
      SELECT coalesce(json_agg(o ORDER BY o."sequence", o."option_digits", o."id"), '[]')
      FROM "ivr_menu_options" o WHERE o."ivr_menu_id" = m."id"))
    ORDER BY m."id" = (SELECT a."id" FROM "asked" a) DESC, m."id"), '[]')::text
  FROM "enabled" m JOIN "reached" r ON r."id" = m."id"`
