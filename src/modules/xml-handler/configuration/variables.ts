/** `$${name}` in what the switch's administrators wrote (docs/decisions/switch-variables.md). */
import type { Expanded } from '../../../freeswitch/xml/write.ts'
import { forHost } from './document.ts'

/** SQL of a switch's variables as JSON: a row of its own after one for all, so that it counts. */
export const variablesJson = (hostname: string): string => `(
  SELECT coalesce(json_agg(json_build_array(v."name", coalesce(v."value", '')) ORDER BY
    coalesce(v."hostname", '') = ${hostname} AND ${hostname} <> '', v."sequence", v."id"), '[]')
  FROM "switch_variables" v
  WHERE v."enabled" AND coalesce(v."command", '') <> 'exec-set' AND ${forHost('v', hostname)})`

/** Texts in which the variables are put in place; those that the switch knows itself are left to it. */
export type Resolve = (text: string) => Expanded

/** Values may name others, which count wherever they stand; one that comes round to itself stays as it is. */
export function resolverOf(variables: readonly (readonly [string, string])[]): Resolve {
  const values = new Map(variables)
  const known = new Map<string, string>()
  const resolved = (text: string, within: readonly string[]): string =>
    text.replace(VARIABLE, (written, name: string) => {
      const value = values.get(name)
      if (value === undefined || within.includes(name)) return written
      let found = known.get(name)
      if (found === undefined) {
        found = resolved(value, [...within, name]).slice(0, LONGEST)
        known.set(name, found)
      }
      return found
    })
  return (text) => ({ expanded: resolved(text, []) })
}

const VARIABLE = /\$\$\{([\w.+-]+)\}/g
/** Variables of variables grow fast. */
const LONGEST = 4096
