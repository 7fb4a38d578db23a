/**
 * What of a dialplan could lead out of its tenant: contexts, users, trunks and shared places of others. One switch
 * serves all tenants and asks nobody whose a name is, so text that a tenant's administrator writes is held to its own.
 * Trunks, queues and menus are told by name: whether they are the tenant's is for the database to say.
 */
import { SaxesParser } from 'saxes'

/** Things that an entry names and that have to be the tenant's. */
export interface Named {
  readonly gateways: Set<string>
  readonly queues: Set<string>
  readonly menus: Set<string>
}

/** What the switch takes for the tenant's own name; beside them stands the name itself. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
const OWN_WORDS = ['${domain_name}', '${context}', '${domain}']

/** Variables by which the switch finds a call's tenant, or where it goes when a transfer fails. */
const RESERVED =
  /^(?:nolocal:|_nolocal_)?(?:domain|domain_name|domain_uuid|dialed_domain|context|user_context|accountcode_domain|force_transfer_context|force_transfer_dialplan|transfer_fallback_extension|sip_req_host|sip_from_host)$/i

/** Applications whose data begins with a name that all tenants share. */
const SHARED = new Set(['conference', 'fifo', 'valet_park', 'park_lot', 'esf_page_group', 'limit', 'limit_execute'])
/** Applications and commands that keep values under a name that all tenants share. */
const STORES = new Set(['hash', 'db'])
/** Whose addresses are of the world outside. */
const OUTWARD = new Set(['deflect', 'redirect', 'respond'])

/** Why an application with its data leaves the tenant; undefined: it does not. What it names is added to `named`. */
export function leavesTenant(application: string, data: string, domain: string, named: Named): string | undefined {
  const name = application.trim().toLowerCase()
  return (
    ofVariables(name, data, domain) ??
    ofContexts(data, domain) ??
    ofGateways(data, named) ??
    (OUTWARD.has(name) ? undefined : ofUsers(name === 'conference' ? afterAt(data) : data, domain)) ??
    (SHARED.has(name) || STORES.has(name) ? ofShared(name, data, domain) : undefined) ??
    ofCommands(data, domain) ??
    ofNamed(name, data, domain, named)
  )
}

/** The same of all that a document's applications and conditions say, with the line of the first that does. */
export function documentLeavesTenant(xml: string, domain: string, named: Named): string | undefined {
  const parser = new SaxesParser({ xmlns: false })
  const opened: { name: string; attributes: Record<string, string>; text: string }[] = []
  let found: string | undefined
  const note = (sentence: string | undefined) => {
    found ??= sentence && `Line ${parser.line}: ${sentence}`
  }
  parser.on('error', () => {})
  parser.on('opentag', ({ name, attributes }) => {
    opened.push({ name, attributes: attributes as Record<string, string>, text: '' })
  })
  const write = (piece: string) => {
    if (opened.length > 0) opened.at(-1)!.text += piece
  }
  parser.on('text', write)
  parser.on('cdata', write)
  parser.on('closetag', () => {
    const { name, attributes, text } = opened.pop()!
    if (name.endsWith('action')) {
      // The switch takes the text where there is no attribute, and what it reads of both is looked at.
      for (const data of [attributes.data ?? '', text.trim()]) {
        note(leavesTenant(attributes.application ?? '', data, domain, named))
      }
    } else note(ofCommands(attributes.field ?? '', domain))
  })
  parser.write(xml).close()
  return found
}

const isOwn = (word: string, domain: string): boolean => word === domain || OWN_WORDS.includes(word)

const SETTER = /^(?:set|export|multiset|set_global|multiunset|unset|bridge_export|set_profile_var|push)$/
const VARIABLE = /(?:^|[\s{[<,|^:])([\w:.-]+)\s*=\s*(\$\{[^}]*\}(?=[\s,\]}>|]|$)|[^\s,\]}>|]*)/g

/** The tenant's own name as a value is no lie. */
function ofVariables(name: string, data: string, domain: string): string | undefined {
  const held = [...data.matchAll(VARIABLE)].map(([, variable, value]) => [variable!, value!] as const)
  if (SETTER.test(name)) {
    const [variable = '', value = ''] = data.split(/[=,](.*)/s)
    held.push([variable.trim(), value.trim()])
  }
  const reserved = held.find(([variable, value]) => RESERVED.test(variable) && !isOwn(value, domain))
  return reserved && `The variable ${shown(reserved[0])} says whose a call is; it may not be set.`
}

function ofContexts(data: string, domain: string): string | undefined {
  const after = [
    ...data.matchAll(/(?:^|[\s:,'"])XML[\s:]+(\$\{[^}]*\}|[^\s,|'"\]}>]+)/gi),
    ...data.matchAll(/loopback\/[^/,|]*\/(\$\{[^}]*\}|[^/,|\s\]]+)/gi),
  ]
  const other = after.map(([, context]) => context!).find((context) => !isOwn(context, domain))
  return other && `The context ${shown(other)} is not this domain's: write "${domain}", or \${domain_name}.`
}

/** Calls leave by trunks; any other way of SIP could ring the telephones of others. */
function ofGateways(data: string, named: Named): string | undefined {
  for (const [, kind = '', name = ''] of data.matchAll(/sofia\/([^/,|\s]+)(?:\/([^/,|\s]+))?/gi)) {
    if (kind.toLowerCase() !== 'gateway')
      return 'Calls go to extensions (user/NUMBER@…) or through trunks (sofia/gateway/NAME/NUMBER).'
    if (name.includes('$')) return 'The gateway must be written out.'
    named.gateways.add(name)
  }
  const other =
    /(?:^|[,|\]}>]|:_:)\s*(?:freetdm|verto|verto\.rtc|rtc|skinny|dingaling|h323|opal|error|pickup|group|modem|alsa|portaudio)\//i.exec(
      data,
    )
  const group = other && /(?:error|pickup|group)\//i.test(other[0])
  return other && !group
    ? 'Calls go to extensions (user/NUMBER@…) or through trunks (sofia/gateway/NAME/NUMBER).'
    : undefined
}

function ofUsers(data: string, domain: string): string | undefined {
  for (const [, host = ''] of data.matchAll(/@(\$\{[^}]*\}|[^\s,|\]}>;:/)'"&]+)/g)) {
    if (!isOwn(host, domain)) return `${shown(`@${host}`)} is not this domain: write @${domain}, or @\${domain_name}.`
  }
  return undefined
}

/** `ROOM@PROFILE`: what stands behind is no domain. */
const afterAt = (data: string): string => data.replace(/@[^\s@]*$/, '')

function ofShared(name: string, data: string, domain: string): string | undefined {
  if (data.trim() === '') return undefined
  const holds = data.includes(domain) || OWN_WORDS.some((word) => data.includes(word))
  return holds ? undefined : `Names of ${name} are shared by all domains: let yours hold \${domain_name}.`
}

/** Commands in expansions, which look into what users of any domain have. */
function ofCommands(text: string, domain: string): string | undefined {
  for (const [, command = '', words = ''] of text.matchAll(/\$\{([a-z_]+)[\s(]+((?:[^{}]|\$\{[^{}]*\})*)\}/gi)) {
    const name = command.toLowerCase()
    if (STORES.has(name)) {
      const error = ofShared(name, words, domain)
      if (error) return error
    }
    const at = ofUsers(words, domain)
    if (at) return at
    const place = /^user_exists$/i.test(name) ? words.trim().replace(/\)$/, '').split(/\s+/)[2] : undefined
    if (place !== undefined && !isOwn(place, domain) && !SIP_PLACES.includes(place)) {
      return `user_exists may ask of this domain only: write \${domain_name}.`
    }
  }
  return undefined
}

/** What a call says of where it came from; it is asked about, not gone to. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
const SIP_PLACES = ['${sip_from_host}', '${sip_req_host}']

function ofNamed(name: string, data: string, domain: string, named: Named): string | undefined {
  const [first = '', second = '', ...rest] = data.trim().split(/\s+/)
  if (name === 'voicemail') {
    // [check] [auth] PROFILE DOMAIN [NUMBER]
    const [, place = ''] = [first, second, ...rest].filter((word) => !/^(?:check|auth)$/i.test(word))
    return place === '' || isOwn(place, domain) ? undefined : `Voicemail is that of this domain: write \${domain_name}.`
  }
  if (name === 'callcenter') return add(named.queues, first)
  if (name === 'ivr') return add(named.menus, first)
  return undefined
}

function add(names: Set<string>, name: string): string | undefined {
  if (name === '') return undefined
  if (name.includes('$')) return 'What is called must be written out.'
  names.add(name)
  return undefined
}

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)
