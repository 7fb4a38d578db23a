/** Rules of a time condition: a list of when and where to, and where to when none of them holds. */
import type { Times } from '../../../../freeswitch/dialplan/times.ts'
import { slotsOf } from './slots.ts'
import { type Presets, readWhen } from './when.ts'

export interface Rule {
  /** Of which one must hold. */
  readonly slots: readonly Times[]
  readonly words: string
  readonly destination: string
}

const MOST = 50

/** Reads rules; each sentence of an error names the rule by its place, counted from 1. */
export function readRules(value: unknown, presets: Presets): Rule[] | { errors: string[] } {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST) {
    return { errors: [`Rules are a list of one to ${MOST}, such as ${EXAMPLE}.`] }
  }
  const rules: Rule[] = []
  const errors: string[] = []
  for (const [index, one] of value.entries()) {
    const rule = readRule(one, presets)
    if ('error' in rule) errors.push(`Rule ${index + 1}: ${rule.error}`)
    else rules.push(rule)
  }
  return errors.length > 0 ? { errors } : rules
}

const EXAMPLE = '[{"when": "mon-fri 09:00-17:30", "destination": "1001"}]'

function readRule(value: unknown, presets: Presets): Rule | { error: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { error: `Write it as in ${EXAMPLE}.` }
  const other = Object.keys(value).find((key) => key !== 'when' && key !== 'destination')
  if (other !== undefined)
    return { error: `A rule has when and destination, and no ${JSON.stringify(other.slice(0, 40))}.` }
  const { when, destination } = value as Readonly<Record<string, unknown>>
  if (!isText(destination)) return { error: 'Its destination is a text, such as "1001".' }
  const read = readWhen(when, presets)
  if ('error' in read) return read
  const slots = slotsOf(read)
  return 'error' in slots ? slots : { slots, words: read.words, destination }
}

/** Where calls go when no rule holds; undefined: what was given says no such thing. */
export function readAlternative(value: unknown): string | undefined {
  if (isText(value)) return value
  if (typeof value !== 'object' || value === null) return undefined
  const { destination, ...rest } = value as Readonly<Record<string, unknown>>
  return isText(destination) && Object.keys(rest).length === 0 ? destination : undefined
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
