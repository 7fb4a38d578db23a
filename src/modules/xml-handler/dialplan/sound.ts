/**
 * Which entries are sound. Those written through the API are checked; others, such as rows of another system, may not
 * even be well-formed, and one would spoil the answer for all that share its context.
 */
import { readDocument } from '../../../freeswitch/dialplan/document.ts'

/** Remembers what was looked at: the same entries are asked for with every call. */
export class Soundness {
  readonly #known = new Map<string, boolean>()
  readonly #capacity: number
  #size = 0

  /** `capacity` is how many characters of entries are remembered. */
  constructor(capacity = 16 * 2 ** 20) {
    this.#capacity = capacity
  }

  /** Whether the switch can be given this entry; `tell` is told why not, the first time. */
  has(xml: string, tell: (reason: string) => void): boolean {
    const known = this.#known.get(xml)
    if (known !== undefined) return known
    const { errors } = readDocument(xml, { trusted: true })
    if (errors.length > 0) tell(errors[0]!)
    this.#remember(xml, errors.length === 0)
    return errors.length === 0
  }

  #remember(xml: string, isSound: boolean): void {
    if (this.#size + xml.length > this.#capacity) {
      this.#known.clear()
      this.#size = 0
    }
    this.#known.set(xml, isSound)
    this.#size += xml.length
  }
}
