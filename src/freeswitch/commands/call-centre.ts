import { ArgumentError } from '../errors.ts'
import { number, oneOf } from './arguments.ts'
import { quick, slow } from './command.ts'

/** What the switch keeps of an agent beside its queues; the words are mod_callcenter's. */
export interface AgentValues {
  readonly contact: string
  readonly status: 'Available' | 'Available (On Demand)' | 'On Break' | 'Logged Out'
  readonly state: 'Waiting' | 'Idle'
  readonly type: 'callback' | 'uuid-standby'
  readonly max_no_answer: number
  readonly wrap_up_time: number
  readonly reject_delay_time: number
  readonly busy_delay_time: number
  readonly no_answer_delay_time: number
}

const callCentre = {
  loadQueue: (queue: string) => slow('callcenter_config', 'queue', 'load', nameOf(queue)),
  unloadQueue: (queue: string) => slow('callcenter_config', 'queue', 'unload', nameOf(queue)),
  reloadQueue: (queue: string) => slow('callcenter_config', 'queue', 'reload', nameOf(queue)),
  addAgent: (agent: string, type: AgentValues['type'] = 'callback') =>
    quick('callcenter_config', 'agent', 'add', nameOf(agent), oneOf(['callback', 'uuid-standby'], type)),
  deleteAgent: (agent: string) => quick('callcenter_config', 'agent', 'del', nameOf(agent)),
  reloadAgent: (agent: string) => slow('callcenter_config', 'agent', 'reload', nameOf(agent)),
  setAgent: <Key extends keyof AgentValues>(agent: string, key: Key, value: AgentValues[Key]) =>
    quick('callcenter_config', 'agent', 'set', key, nameOf(agent), agentValue(key, value)),
  addTier: (queue: string, agent: string, level: number, position: number) =>
    quick('callcenter_config', 'tier', 'add', nameOf(queue), nameOf(agent), number(level), number(position)),
  deleteTier: (queue: string, agent: string) => quick('callcenter_config', 'tier', 'del', nameOf(queue), nameOf(agent)),
  setTier: (queue: string, agent: string, key: 'level' | 'position', value: number) =>
    quick(
      'callcenter_config',
      'tier',
      'set',
      oneOf(['level', 'position'], key),
      nameOf(queue),
      nameOf(agent),
      number(value),
    ),
  queues: () => quick('callcenter_config', 'queue', 'list'),
  agents: () => quick('callcenter_config', 'agent', 'list'),
  tiers: () => quick('callcenter_config', 'tier', 'list'),
}

/** Queues, agents and tiers of mod_callcenter. The lists are tables with `|` between their columns. */
export const callCentreCommands = { callCentre }

/** Of a queue or an agent: a name or an id, mostly with @ and the domain. */
function nameOf(name: string): string {
  if (!/^(?=.{1,255}$)[\p{L}\p{N}_][\p{L}\p{N}_.+*#~=-]*(@[\p{L}\p{N}_][\p{L}\p{N}_.-]*)?$/u.test(name)) {
    throw new ArgumentError('That is no name of a queue or an agent that can be said to a telephone switch.')
  }
  return name
}

const CHOICES: Readonly<Partial<Record<keyof AgentValues, readonly string[]>>> = {
  status: ['Available', 'Available (On Demand)', 'On Break', 'Logged Out'],
  state: ['Waiting', 'Idle'],
  type: ['callback', 'uuid-standby'],
}

const NUMBERS: ReadonlySet<string> = new Set([
  'max_no_answer',
  'wrap_up_time',
  'reject_delay_time',
  'busy_delay_time',
  'no_answer_delay_time',
])

function agentValue(key: keyof AgentValues, value: string | number): string {
  if (NUMBERS.has(key)) return number(value as number)
  const choices = CHOICES[key]
  if (choices) return quoted(oneOf(choices, value as string))
  if (key === 'contact') return quoted(dialString(value as string))
  throw new ArgumentError('An agent has no such value.')
}

const quoted = (text: string): string => (/ /.test(text) ? `'${text}'` : text)

/** A dial string of an agent may set variables and so has braces, but expands nothing and quotes nothing. */
function dialString(text: string): string {
  if (!/^[^\s'"\\$\p{Cc}\p{Cs}^][^'"\\$\p{Cc}\p{Cs}]{0,254}$/u.test(text)) {
    throw new ArgumentError('That is no dial string that can be said to a telephone switch.')
  }
  return text.trimEnd()
}
