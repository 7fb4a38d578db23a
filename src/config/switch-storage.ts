import { list } from './values.ts'

/** A folder of a switch that this server sees too. */
export interface SwitchStorage {
  /** null: of every switch. */
  readonly switchName: string | null
  /** As the switch names it. */
  readonly there: string
  readonly here: string
}

/** `/folder`, `/there:/here` or `switch1=/there:/here`, separated by commas. */
export function switchStorage(text: string): SwitchStorage[] | undefined {
  const folders = list(text).map((item): SwitchStorage | undefined => {
    const [, name, there, here] = /^(?:([A-Za-z0-9._-]+)=)?(\/[^:=]*)(?::(\/[^:=]*))?$/.exec(item) ?? []
    return there === undefined ? undefined : { switchName: name ?? null, there, here: here ?? there }
  })
  const known = folders.filter((folder) => folder !== undefined)
  return known.length > 0 && known.length === folders.length ? known : undefined
}
