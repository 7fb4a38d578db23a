/** What a FreeSWITCH 1.11 said, kept verbatim in test/freeswitch/samples, and records made up in its way. */
import { readFileSync } from 'node:fs'

/** The body of a POST (…-POST.txt), or a file as it is. */
export function sample(name: string): Buffer {
  const content = readFileSync(new URL(`./samples/${name}`, import.meta.url))
  return name.endsWith('-POST.txt') ? content.subarray(content.indexOf('\n\n') + 2) : content
}

/** Every call record that was posted. */
export const POSTED = [
  'answered',
  'missed',
  'voicemail-busy',
  'voicemail-noanswer',
  'encode-base64',
  'encode-false',
  'encode-textxml',
  'encode-true',
].map((name) => `cdr-${name}-POST.txt`)

export const START = '1795469442586882'

/** An XML record with these variables, in the percent-encoding of FreeSWITCH, and anything else after them. */
export function xmlRecord(variables: Record<string, string> = {}, rest = ''): string {
  const elements = Object.entries({ start_uepoch: START, ...variables }).map(([name, value]) => {
    return `    <${name}>${encodeURIComponent(value)}</${name}>\n`
  })
  return `<?xml version="1.0"?>\n<cdr core-uuid="c">\n  <variables>\n${elements.join('')}  </variables>\n${rest}</cdr>\n`
}

/** A callflow whose caller has these values. */
export function callflow(profile: Record<string, string>, times: Record<string, string> = {}, index = '1'): string {
  const elements = (values: Record<string, string>) => {
    return Object.entries(values).map(([name, value]) => `<${name}>${xmlEscaped(value)}</${name}>`)
  }
  const [caller, moments] = [elements(profile).join(''), elements(times).join('')]
  return `<callflow profile_index="${index}"><caller_profile>${caller}</caller_profile><times>${moments}</times></callflow>`
}

/** As FreeSWITCH writes text in XML: everything beyond ASCII as a reference. */
export function xmlEscaped(text: string): string {
  return text.replace(/[&<>"'\r\n\t]|[^\x20-\x7e]/gu, (character) => {
    return `&#x${character.codePointAt(0)!.toString(16).toUpperCase()};`
  })
}
