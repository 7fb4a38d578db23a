/**
 * Text within XML that the switch reads: it stays the text it is. Before the switch parses an answer it goes through it
 * line by line, XML or not: it puts its own variables in place of `$${name}`, and drops a line that speaks of its
 * directives (docs/decisions/switch-variables.md).
 */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Text as the value of an attribute. What XML 1.0 cannot hold at all becomes U+FFFD. */
export const escapeXml = (text: string): string => (PLAIN.test(text) ? text : escaped(text))

/** The same, where the switch's own variables are not to be put in place of `$${name}` either. */
export const escapeLiteral = (text: string): string => escapeXml(text).replaceAll('$${', '$$&#36;{')

/** Most texts: nothing to look for in them. */
const PLAIN = /^(?!.*x-pre-process)[\w .,:@/+*#-]{0,64}$/i

const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for control characters
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character]!)
    .replace(/x-pre-process/gi, (directive) => directive.replace('-', '&#45;'))
