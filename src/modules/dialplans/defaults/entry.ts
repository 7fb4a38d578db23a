// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** The words in which the entries of a new domain are written. */
import { type Condition, type Step, setInline } from '../../../freeswitch/dialplan/extension.ts'

export interface DefaultEntry {
  readonly name: string
  /** What is dialled for it, as people write it. */
  readonly number?: string
  readonly sequence: number
  /** Entries that only prepare a call let the search go on. */
  readonly continue?: true
  readonly description: string
  readonly conditions: readonly Condition[]
}

export const step = (application: string, data = ''): Step => ({ application, data })

/** Steps of calls to this number. */
export const dialled = (expression: string, ...steps: Step[]): Condition => ({
  field: 'destination_number',
  expression,
  steps,
})

/** Steps when a variable is like this. Where it is not, the conditions after this one are not looked at. */
export const when = (field: string, expression: string, ...steps: Step[]): Condition => ({ field, expression, steps })

/** Steps when a variable is like this; the conditions after it are looked at all the same. */
export const whenever = (field: string, expression: string, ...steps: Step[]): Condition => ({
  ...when(field, expression, ...steps),
  break: 'never',
})

/** Steps when all of these hold, after which nothing else of the entry is looked at. */
export const whenAll = (tests: Readonly<Record<string, string>>, ...steps: Step[]): Condition => ({
  regex: { which: 'all', tests: Object.entries(tests).map(([field, expression]) => ({ field, expression })) },
  break: 'on-true',
  steps,
})

/**
 * A variable of an extension, as far as it looks like this. The expression stands between what people can set and the
 * action, where the switch would expand it, and run it.
 */
export const ofExtension = (extension: string, name: string, expression: string, ...others: Step[]): Condition =>
  whenever(`\${user_data \${${extension}}@\${domain_name} var ${name}}`, expression, setInline(name, '$1'), ...others)

export const always = (...steps: Step[]): Condition => ({ steps })

/** Answers, and waits until the caller can hear what comes. */
export const ANSWERED: readonly Step[] = [step('answer'), step('sleep', '1000')]

/** What can be dialled: digits, letters of words such as `operator`, and the signs of numbers and addresses. */
export const NUMBER = '^([0-9A-Za-z*#+._-]+)$'
