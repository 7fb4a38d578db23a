/** What a switch asks by mod_xml_curl, and what gives the answer. */
import { percentDecoded } from '../../freeswitch/records/percent.ts'
import type { Section } from '../../freeswitch/xml/write.ts'
import type { Connection } from '../../rest/database.ts'

/** The form that mod_xml_curl posts, and the switch it comes from. */
export interface Question {
  readonly section: Section
  /** The name of the switch (its switchname). */
  readonly hostname: string
  /** A field of the form; '' where it has none of that name. */
  field(name: string): string
}

/** Gives a whole document as text, or undefined: not found. */
export type Answerer = (question: Question, database: Connection) => Promise<string | undefined>

export const SECTIONS: readonly Section[] = ['directory', 'dialplan', 'configuration', 'languages']

/**
 * The question in a form. `section` is what the path names; a form that comes to the path of all says its own.
 * Undefined: it asks for nothing there is.
 */
export function readQuestion(body: Buffer, section?: Section): Question | undefined {
  // One more at the front, so that every field begins alike.
  const form = `&${body.toString()}`
  const asked = section ?? SECTIONS.find((one) => one === first(form, 'section'))
  if (!asked) return undefined
  return { section: asked, hostname: first(form, 'hostname'), field: (name) => last(form, name) }
}

/** Of what the switch itself puts first, before what callers may name. */
function first(form: string, name: string): string {
  return valueAt(form, name, form.indexOf(`&${name}=`))
}

/** Of what the switch adds after the variables of a call, whose names may be anything: key, user and domain come last. */
function last(form: string, name: string): string {
  return valueAt(form, name, form.lastIndexOf(`&${name}=`))
}

function valueAt(form: string, name: string, at: number): string {
  if (at < 0) return ''
  const start = at + name.length + 2
  const end = form.indexOf('&', start)
  const value = percentDecoded(form.slice(start, end < 0 ? undefined : end))
  // No name has a NUL in it, and PostgreSQL takes none.
  return value.includes('\0') ? '' : value
}
