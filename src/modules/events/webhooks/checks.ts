/** What a webhook may say, beyond what its columns tell. */
import { readUuid } from '../../../rest/values/identity.ts'
import { EVENT_TYPES } from '../types.ts'
import { readTarget } from './targets.ts'

export const SHORTEST_SECRET = 16
const MOST_VALUES = 100
const DIRECTIONS = ['inbound', 'outbound', 'local']

type Errors = Record<string, string[]>

/** Sentences by field on what is wrong with the values that were sent; JSON comes as its text. */
export function wrongWith(values: Readonly<Record<string, unknown>>): Errors | undefined {
  const checks: Readonly<Record<string, (value: string) => string | undefined>> = {
    target_url: (value) => {
      const url = readTarget(value)
      return typeof url === 'string' ? url : undefined
    },
    events: (value) => wrongEvents(JSON.parse(value)),
    filters: (value) => wrongFilters(JSON.parse(value)),
    secret: (value) =>
      [...value].length < SHORTEST_SECRET ? `Ensure this field has at least ${SHORTEST_SECRET} characters.` : undefined,
  }
  const errors: Errors = {}
  for (const [name, check] of Object.entries(checks)) {
    const value = values[name]
    const sentence = typeof value === 'string' ? check(value) : undefined
    if (sentence !== undefined) errors[name] = [sentence]
  }
  return Object.keys(errors).length > 0 ? errors : undefined
}

function wrongEvents(events: unknown): string | undefined {
  if (!Array.isArray(events) || events.length === 0) return 'Enter a list of types of events, or ["*"] for all.'
  const unknown = events.find((type) => type !== '*' && !(EVENT_TYPES as readonly unknown[]).includes(type))
  if (unknown === undefined) return undefined
  const named = JSON.stringify(unknown)?.slice(0, 64)
  return `There is no event of the type ${named}. Types are ${EVENT_TYPES.join(', ')}, and * for all.`
}

const FILTERS: Readonly<Record<string, { readonly isOne: (value: unknown) => boolean; readonly expected: string }>> = {
  // As PostgreSQL writes them, since that compares them.
  extension_id: {
    isOne: (value) => typeof value === 'string' && readUuid(value) === value,
    expected: 'the id of an extension, or a list of ids',
  },
  direction: {
    isOne: (value) => DIRECTIONS.includes(value as string),
    expected: `${DIRECTIONS.join(', ')}, or a list of these`,
  },
}

function wrongFilters(filters: unknown): string | undefined {
  if (typeof filters !== 'object' || filters === null || Array.isArray(filters)) return 'Enter an object of filters.'
  for (const [name, value] of Object.entries(filters)) {
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
    if (!filter) return `There is no filter "${name.slice(0, 64)}". Filters are ${Object.keys(FILTERS).join(', ')}.`
    const values = Array.isArray(value) ? value : [value]
    if (values.length === 0 || values.length > MOST_VALUES || !values.every(filter.isOne)) {
      return `The filter ${name} is ${filter.expected}.`
    }
  }
  return undefined
}
