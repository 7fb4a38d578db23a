/** What a record is made of. One in XML has the shape that xmltodict gives it, one in JSON its own. */

export interface RecordTree {
  readonly [name: string]: RecordValue
}
export type RecordValue = string | number | boolean | null | RecordTree | readonly RecordValue[]

export function isTree(value: RecordValue | undefined): value is RecordTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
