/**
 * What a dialplan could do beyond its calls: run programs or commands, write files, ask other machines. Written for
 * those who administrate a tenant and not the switch. It looks at the text of one application; docs/dialplans.md says
 * what that can see and what it cannot.
 */
import {
  CALL_COMMANDS,
  HARMLESS,
  HARMLESS_COMMANDS,
  RUNNERS,
  SETTERS,
  SOUND_SCHEMES,
  TRANSFERS,
  WRITABLE,
  WRITERS,
} from './safety-lists.ts'

/** Why this application with this data reaches the host or runs commands of the switch; undefined: it does not. */
export function hostReach(application: string, data: string): string | undefined {
  return reach(application, data, 0)
}

/** Why text that the switch expands, such as a condition's field, does; undefined: it does not. */
export function expansionReach(text: string): string | undefined {
  return expanded(text, 0)
}

/** Applications within applications are looked into this deep. */
const DEEPEST = 5

function reach(application: string, data: string, depth: number): string | undefined {
  const name = application.trim().toLowerCase()
  if (name === '') return undefined
  if (depth > DEEPEST) return 'Applications within applications are nested too deeply.'
  if (CONTROL.test(data)) return `What the application ${shown(name)} is given may not contain control characters.`
  const runs = Object.hasOwn(RUNNERS, name) ? RUNNERS[name] : undefined
  if (runs) return `The application ${name} ${runs}.`
  const own = OWN[name] ?? (SETTERS.has(name) ? ofSetter : TRANSFERS.has(name) ? ofTransfer : undefined)
  if (!own && !WRITERS.has(name) && !HARMLESS.has(name)) {
    return `The application ${shown(application)} is not among those known to do nothing but to the call.`
  }
  return (
    expanded(data, 0) ??
    own?.(data, depth, name) ??
    (WRITERS.has(name) ? ofWriter(data, name) : undefined) ??
    inText(data, name, depth)
  )
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/

/** Applications that take others, or whose data decides. */
const OWN: Readonly<Record<string, (data: string, depth: number, name: string) => string | undefined>> = {
  // DIGITS of a realm, bound to exec:APPLICATION or api:COMMAND, its data, and whose keys.
  bind_digit_action(data, depth) {
    // Quotes and escapes would move what stands between commas.
    if (/'|\\,/.test(data)) return quoted('bind_digit_action')
    const [, , target = '', ...rest] = delimited(data)
    const [kind = '', inner = ''] = splitOnce(target, ':')
    const bound = kind
      .replace(/\[.*\]$/, '')
      .trim()
      .toLowerCase()
    if (bound === 'exec') return reach(inner, rest.join(','), depth + 1)
    if (bound === 'api') return ofCommand(inner, CALL_COMMANDS)
    return bound === '' || inner === '' ? undefined : notWrittenOut(target)
  },
  // KEY LISTEN FLAGS APPLICATION::DATA
  bind_meta_app: (data, depth, name) => atWord(3, data, depth, name),
  // BACKEND REALM ID MAX APPLICATION DATA, and without a backend
  limit_execute: (data, depth, name) => atWord(4, data, depth, name),
  limit_hash_execute: (data, depth, name) => atWord(3, data, depth, name),
  // KEY TONES FLAGS TIMEOUT APPLICATION DATA HITS
  tone_detect: (data, depth, name) => atWord(4, data, depth, name),
  // APPLICATION DATA TIMEOUT TYPE
  spandsp_start_fax_detect: (data, depth, name) => atWord(0, data, depth, name),
  // TIME PATH LEGS, where a path may be APPLICATION::DATA, or APPLICATION!CAUSE::DATA
  sched_broadcast: (data, depth, name) =>
    data.includes('::') ? atWord(1, data.replace(/![^\s:]*::/, '::'), depth, name) : undefined,
  eavesdrop: (data) =>
    data.trim().toLowerCase() === 'all' ? 'The application eavesdrop may not listen to all calls.' : undefined,
  speak: (data) => (/^\s*tts_commandline\b/i.test(data) ? 'The engine tts_commandline runs programs.' : undefined),
  capture: (data) => variableError(splitOnce(data, '|')[0] ?? ''),
  transfer_vars: () => undefined,
}

function ofSetter(data: string, depth: number, name: string): string | undefined {
  for (const pair of name === 'multiset' ? multiple(data) : [data]) {
    const at = pair.search(/[=,]/)
    const variable = at < 0 ? pair : pair.slice(0, at)
    const value = at < 0 ? '' : pair.slice(at + 1)
    const error = variableError(variable, true) ?? ofValue(variable.trim().toLowerCase(), value, depth)
    if (error) return error
  }
  return undefined
}

/** What is stored is expanded once more when it is used, so that no piece of an expansion may be. */
function ofValue(variable: string, value: string, depth: number): string | undefined {
  if (/^(?:nolocal:|_nolocal_)?(?:sip_)?execute_on_/.test(variable)) return nested(value.trim(), depth)
  if (/^(?:nolocal:|_nolocal_)?group_confirm_key$/.test(variable) && value.trim().toLowerCase() === 'exec') {
    return 'The variable group_confirm_key may not be exec: it runs an application.'
  }
  const rest = withoutExpansions(value)
  if (/\$(?!\d)/.test(rest) || /(?:\uFFFC|\$\d)\{/.test(rest)) return 'A value may not hold pieces of an expansion.'
  return undefined
}

/** EXTENSION DIALPLAN CONTEXT, after -aleg, -bleg or -both, or a time. */
function ofTransfer(data: string, depth: number, name: string): string | undefined {
  const rest = (name === 'sched_transfer' ? afterWords(data, 1) : data).trim().replace(/^-(?:aleg|bleg|both) +/i, '')
  if (rest.includes('\\ ')) return quoted(name)
  const text = withoutExpansions(rest)
  // The dialplan is a word of the text as the switch sees it after expansion; spaces in an expansion are not ours.
  const [, dialplan = ''] = text.split(/ +/)
  if (dialplan === '' || dialplan.toLowerCase() === 'xml') return undefined
  if (dialplan.toLowerCase() !== 'inline') {
    return `The dialplan ${shown(dialplan.replaceAll('\uFFFC', '$'))} may not be used; use XML.`
  }
  const applications = rest.slice(0, rest.toLowerCase().lastIndexOf('inline')).trim()
  for (const each of inlineApplications(applications)) {
    const [app = '', inner = ''] = splitOnce(each, ':')
    const error = app.includes('$') ? notWrittenOut(app) : reach(app.replace(/^'/, ''), inner, depth + 1)
    if (error) return error
  }
  return undefined
}

/** Paths of files to write: below the directories that are for it. Nothing of the host's own. */
function ofWriter(data: string, name: string): string | undefined {
  const paths = name === 'rename' ? data.trim().split(/\s+/) : [data.trim()]
  for (const each of paths) {
    const path = each.replace(/^\{[^}]*\}/, '').trim()
    const refused = `The application ${name} may only write below \${recordings_dir} and the like.`
    if (/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path) || path.includes('://')) return refused
    if (/^(?:[/\\~]|[a-z]:)/i.test(path) && !path.startsWith('/tmp/')) return refused
    const directory = /^\$\$?\{(\w+_dir)\}/i.exec(path)?.[1]
    if (directory && !WRITABLE.has(directory.toLowerCase())) return refused
  }
  return undefined
}

/** What any data can hold: variables of channels to be made, applications of loopback channels, addresses of sounds. */
function inText(data: string, name: string, depth: number): string | undefined {
  const isSetter = SETTERS.has(name)
  // What a setter sets was looked at; what its value holds may become variables of other channels.
  const held = isSetter ? data.replace(/^[^=,]*[=,]/, ' ') : data
  for (const [, variable = ''] of held.matchAll(/(?<![\w:.-])([\w:.-]+)\s*=/g)) {
    if (RUNNING.test(variable) && !BOOLEANS.test(variable)) return variableRuns(variable)
  }
  if (/group_confirm_key\s*=\s*'?exec\b/i.test(data)) return variableRuns('group_confirm_key')
  if (!TRANSFERS.has(name) && INLINE.test(data)) return 'The dialplan inline runs applications from a text.'
  for (const [, dialplan = ''] of data.matchAll(/loopback[\w-]{0,8}\/[^/,|]*\/[^/,|]*\/([^/,|\s\]]+)/gi)) {
    if (dialplan.toLowerCase() !== 'xml') return `The dialplan ${shown(dialplan)} may not be used; use XML.`
  }
  for (const [, application = '', inner = ''] of data.matchAll(/loopback[\w-]{0,8}\/app=([^:,|/]*):?([^,|]*)/gi)) {
    const error = application.includes('$') ? notWrittenOut(application) : reach(application, inner, depth + 1)
    if (error) return error
  }
  return ofAddresses(data)
}

function ofAddresses(data: string): string | undefined {
  if (/shell_stream|tts_commandline/i.test(data)) return 'Sounds may not come from programs.'
  for (const { 0: match, index, 1: scheme = '' } of data.matchAll(/(?<![\w.+-])([\w.+-]*):\/\//g)) {
    if (SOUND_SCHEMES.has(scheme.toLowerCase())) continue
    // A SIP header may hold any address; it is only passed on.
    const equals = data.lastIndexOf('=', index)
    const name = /[\w:-]*$/.exec(data.slice(Math.max(0, equals - LONGEST_NAME), Math.max(0, equals)))![0]
    if (/^https?$/i.test(scheme) && /^(?:nolocal:)?(?:sip_|alert)/i.test(name)) continue
    return `Sounds may not come from ${shown(match)}.`
  }
  return undefined
}

const LONGEST_NAME = 64

/** Names of variables whose values the switch runs. */
const RUNNING = /(?<![a-z0-9])(?:execute|exec|api|hook)(?![a-z0-9])/i
/** Variables named alike that are a yes or a no. */
const BOOLEANS = /^(?:nolocal:|_nolocal_)?(?:loopback_bowout_on_execute|session_in_hangup_hook)$/i

/** The word that names the dialplan of applications in a text. */
const INLINE = /(?<![\w./-])inline(?![\w./-])/i

function variableError(name: string, executing = false): string | undefined {
  const variable = name.trim()
  if (variable.includes('$')) return 'The name of a variable must be written out.'
  if (executing && /^(?:nolocal:|_nolocal_)?(?:sip_)?execute_on_/i.test(variable)) return undefined
  return RUNNING.test(variable) && !BOOLEANS.test(variable) ? variableRuns(variable) : undefined
}

const variableRuns = (variable: string): string =>
  `The variable ${shown(variable.trim())} runs applications or commands of the switch.`

/** An application with its data after so many words, which may hold spaces only the switch sees. */
function atWord(count: number, data: string, depth: number, name: string): string | undefined {
  if (data.includes("'")) return quoted(name)
  const moved = data.split(/[ :]+/).find((word) => Object.hasOwn(RUNNERS, word.toLowerCase()))
  return nested(moved ?? afterWords(data, count), depth)
}

/** APPLICATION DATA, APPLICATION:DATA or APPLICATION::DATA. */
function nested(text: string, depth: number): string | undefined {
  if (text === '') return undefined
  const [, application = '', data = ''] = /^([^ :]*)(?:::|:| )?(.*)$/.exec(text) ?? []
  return application.includes('$') ? notWrittenOut(application) : reach(application, data, depth + 1)
}

function ofCommand(command: string, besides?: ReadonlySet<string>): string | undefined {
  const name = command.trim().toLowerCase()
  if (name.includes('$')) return notWrittenOut(command)
  if (HARMLESS_COMMANDS.has(name) || besides?.has(name)) return undefined
  return `The command ${shown(command.trim())} of the switch may not be run.`
}

/** What `${…}` in a text does: variables are harmless, commands are when they are listed. */
function expanded(text: string, depth: number): string | undefined {
  if (depth > DEEPEST) return 'Expansions are nested too deeply.'
  for (const inner of expansionsOf(text)) {
    // The switch takes `command(arguments)` and `command arguments`; anything else is a variable.
    const at = inner.search(/[\s(]/)
    const name = at < 0 ? inner : inner.slice(0, at)
    const error =
      expanded(inner, depth + 1) ??
      (/[${]/.test(name) ? notWrittenOut(name) : at < 0 ? undefined : ofCommand(name)) ??
      (/^user_data$/i.test(name) && !OF_USER.test(withoutExpansions(inner))
        ? 'Of users only variables may be read (var), and whether they have a box (param vm-enabled).'
        : undefined)
    if (error) return error
  }
  return undefined
}

const OF_USER = /^user_data[ (] *[^ (][^ ]* +(?:var +[^ ]+?|param +vm-enabled)\)? *$/i

/** The insides of `${…}`, outermost ones, also of those that a backslash holds back for later. */
function* expansionsOf(text: string): Generator<string> {
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at)) {
    const end = endOf(text, at + 2)
    yield text.slice(at + 2, end)
    at = end
  }
}

function endOf(text: string, from: number): number {
  let open = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') open++
    if (text[at] === '}' && --open === 0) return at
  }
  return text.length
}

/** The text with U+FFFC in place of each expansion. */
function withoutExpansions(text: string): string {
  let rest = ''
  let from = 0
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', from)) {
    const start = at > from && text[at - 1] === '$' ? at - 1 : at
    rest += `${text.slice(from, start)}\uFFFC`
    from = endOf(text, at + 2) + 1
  }
  return rest + text.slice(from)
}

const notWrittenOut = (text: string): string => `What is run must be written out, unlike ${shown(text.trim())}.`
const quoted = (name: string): string => `What the application ${name} is given may not be quoted.`
const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

function splitOnce(text: string, delimiter: string): [string, string?] {
  const at = text.indexOf(delimiter)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + delimiter.length)]
}

/** What stands after so many words; the switch parts them at spaces only. */
const afterWords = (text: string, count: number): string => text.trim().split(/ +/).slice(count).join(' ')

/** `a,b,c`, or with another delimiter that `^^` introduces. */
function delimited(data: string): string[] {
  const text = data.trim()
  return text.startsWith('^^') ? text.slice(3).split(text[2]!) : text.split(',')
}

/** `^^:a=b:c=d`, or `a=b c=d`. */
function multiple(data: string): string[] {
  const text = data.trim()
  return text.startsWith('^^') ? text.slice(3).split(text[2]!) : text.split(' ').filter((pair) => pair !== '')
}

/** `app:data,app:data`, or with another delimiter that `m:X:` introduces. */
function inlineApplications(text: string): string[] {
  const bare = text.replace(/^'|'$/g, '')
  const other = /^m:(.):/.exec(bare)?.[1]
  return other ? bare.slice(4).split(other) : bare.split(',')
}
