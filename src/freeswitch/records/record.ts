/** A call record, asked by the names of FreeSWITCH, whichever of its modules wrote it. */
import { type RecordText, recordText } from './body.ts'
import { percentDecoded } from './percent.ts'
import { isTree, type RecordTree, type RecordValue } from './shape.ts'
import { parseRecord } from './tree.ts'

export type Callflow = RecordTree

/** What a switch posted, or left as a file. Throws UnreadableRecord where it is no call record. */
export function readRecord(body: Buffer): CallRecord {
  const { text, format } = recordText(body)
  return new CallRecord(parseRecord(text, format), format, text)
}

export class CallRecord {
  readonly tree: RecordTree
  readonly format: RecordText['format']
  /** What the tree was read from, without any encoding around it. */
  readonly text: string
  /** The newest first: a transfer begins another. */
  readonly callflows: readonly Callflow[]
  private readonly channelVariables: RecordTree
  private readonly decode: (text: string) => string

  constructor(tree: RecordTree, format: RecordText['format'], text = '') {
    this.tree = tree
    this.format = format
    this.text = text
    this.channelVariables = tree.variables as RecordTree
    this.callflows = callflowsOf(tree)
    this.decode = format === 'json' && isVerbatim(this.channelVariables) ? (value) => value : percentDecoded
  }

  /** A channel variable, decoded; the first value of one with several. Undefined when there is none, or it is empty. */
  variable(name: string): string | undefined {
    const value = childOf(this.channelVariables, name)
    return Array.isArray(value) ? this.variables(name)[0] : this.valuesOf(value)[0]
  }

  /** All values of a channel variable that are not empty. */
  variables(name: string): string[] {
    return listOf(childOf(this.channelVariables, name)).flatMap((value) => this.valuesOf(value))
  }

  /** What stands at the record itself: `core-uuid`, `switchname`. */
  attribute(name: string): string | undefined {
    return plainText(childOf(this.tree, `@${name}`) ?? childOf(this.tree, name))
  }

  /** What is told of the channel: `direction`, `state`. */
  channelData(name: string): string | undefined {
    return plainText(childOf(childOf(this.tree, 'channel_data'), name))
  }

  /** A value of a callflow's caller, which no module percent-encodes. */
  profile(callflow: Callflow | undefined, name: string): string | undefined {
    return plainText(childOf(childOf(callflow, 'caller_profile'), name))
  }

  /** A time of a callflow, in microseconds, as text. */
  time(callflow: Callflow | undefined, name: string): string | undefined {
    return plainText(childOf(childOf(callflow, 'times'), name))
  }

  /** The channel's own id. */
  get uuid(): string | undefined {
    return this.variable('uuid') ?? this.callflows.map((callflow) => this.profile(callflow, 'uuid')).find(Boolean)
  }

  /** Whether another channel called for this one: then FreeSWITCH takes it for a b leg. */
  get isBLeg(): boolean {
    return this.callflows.some((callflow) => {
      return listOf(childOf(childOf(callflow, 'caller_profile'), 'originator')).some(isFilled)
    })
  }

  /** FreeSWITCH's arrays are one text in JSON, and repeated elements in XML. */
  private valuesOf(value: RecordValue | undefined): string[] {
    const encoded = textOf(value)
    if (!encoded) return []
    const text = storable(this.decode(encoded))
    if (text.startsWith(ARRAY)) return text.slice(ARRAY.length).split(ARRAY_SEPARATOR).filter(Boolean)
    return text === '' ? [] : [text]
  }
}

const ARRAY = 'ARRAY::'
const ARRAY_SEPARATOR = '|:'
/** What FreeSWITCH's percent-encoding leaves in no value. */
const UNENCODED = /[\r\n #&+:;<=>?@[\\\]^`{|}"]/

/** Whether mod_json_cdr was told to encode no values: addresses and stamps among the variables show it. */
function isVerbatim(variables: RecordTree): boolean {
  return Object.values(variables).some((value) => listOf(value).some((one) => UNENCODED.test(textOf(one) ?? '')))
}

/** XML has one callflow or several, JSON always an array of them. */
function callflowsOf(tree: RecordTree): Callflow[] {
  const callflows = listOf(childOf(tree, 'callflow')).filter(isTree)
  const ages = new Map(callflows.map((callflow) => [callflow, ageOf(callflow)]))
  if (![...ages.values()].every(Number.isSafeInteger)) return callflows
  return callflows.sort((a, b) => ages.get(b)! - ages.get(a)!)
}

function ageOf(callflow: Callflow): number {
  return Number(plainText(childOf(callflow, '@profile_index') ?? childOf(callflow, 'profile_index')) ?? Number.NaN)
}

/** Names come from the record's own properties only: JSON's objects inherit others. */
function childOf(value: RecordValue | undefined, name: string): RecordValue | undefined {
  return isTree(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function listOf(value: RecordValue | undefined): readonly RecordValue[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function plainText(value: RecordValue | undefined): string | undefined {
  const text = listOf(value).map(textOf).find(Boolean)
  return text === undefined ? undefined : storable(text) || undefined
}

function textOf(value: RecordValue | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = childOf(value, '#text')
  return typeof text === 'string' ? text : undefined
}

const isFilled = (value: RecordValue): boolean => {
  return isTree(value) ? Object.keys(value).length > 0 : Boolean(textOf(value))
}

/** PostgreSQL's text holds no NUL. */
const storable = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text)
