/**
 * What the switch puts something else in place of: `$1` of the last regular expression, `${variable}`, and
 * `${api arguments}` or `${api(arguments)}`, which runs a command (switch_channel_expand_variables).
 */

/** Why text may not stand where nothing is to be expanded; undefined: it may. Backslashes are escapes there. */
export function literalError(text: string): string | undefined {
  if (text.includes('$')) return 'May not contain $: the switch would put something else in its place.'
  if (CONTROL.test(text)) return 'May not contain control characters.'
  return undefined
}

/** Why text may not stand where variables are meant to be expanded, and commands are not; undefined: it may. */
export function variablesError(text: string): string | undefined {
  if (CONTROL.test(text)) return 'May not contain control characters.'
  const rest = text.replace(VARIABLE, '')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  if (rest.includes('${')) return 'Only plain variables such as ${domain_name} may be expanded.'
  return undefined
}

/** Text in which nothing is expanded, for where it stands as it is: what would begin an expansion loses its dollars. */
export const unexpanded = (text: string): string => (text.includes('$') ? text.replace(/\$+(?=\{)/g, '') : text)

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/
/** A name, with an index or a slice: `${name}`, `${name[0]}`, `${name:1:3}`. */
const VARIABLE = /\$\{[A-Za-z_][\w.-]*(?:\[\d{1,4}\])?(?::-?\d{1,4}(?::-?\d{1,4})?)?\}/g
