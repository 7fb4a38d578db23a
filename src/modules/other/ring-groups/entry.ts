/** The dialplan entry of a ring group. */
import { literalError, variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { type Condition, exported, type Step, set, setInline } from '../../../freeswitch/dialplan/extension.ts'
import type { Row } from '../../../rest/model/model.ts'
import type { Transaction } from '../../../rest/write/transaction.ts'
import { type Place, storedDestination } from '../../dialling/destinations.ts'
import type { Entry } from '../../dialling/entries.ts'
import { destinationText, exactly } from '../../dialling/texts.ts'
import {
  type Leg,
  legTexts,
  legValue,
  type Outward,
  rotations,
  SEPARATORS,
  shareOfCalls,
  tollAllowText,
} from './legs.ts'
import { legsOf } from './places.ts'

type Group = Row<'RingGroup'>
type Parts = Pick<Entry, 'app_id' | 'category' | 'sequence' | 'context' | 'conditions'>

/** What the entry is made of: the group, its destinations, and which of these are extensions of the tenant now. */
export async function ringGroupEntry(group: Group, domain: Place, tx: Transaction): Promise<Parts> {
  return {
    app_id: '77578687-8eb7-4bb7-a00a-ddf3e8b7169f',
    category: 'Ring group',
    sequence: 101,
    context: group.context || domain.name,
    conditions: conditionsOf(group, domain, await legsOf(tx, group)),
  }
}

/** The conditions of a group that rings these legs. */
export function conditionsOf(group: Group, domain: Place, legs: readonly Leg[]): Condition[] {
  const mine = { field: 'destination_number', expression: exactly(group.extension) }
  const texts = legTexts(legs, outwardOf(group), domain)
  const first: Condition[] = [{ ...mine, steps: [] }, callerId, ...(goesOutside(legs) ? unfitCallerIds : [])]
  const opening = openingSteps(group)
  const closing = timeoutSteps(group, domain)
  if (group.strategy !== 'random' || texts.length < 2) {
    const separator = SEPARATORS[group.strategy ?? 'simultaneous'] ?? '|'
    const bridged = texts.length > 0 ? [bridge(texts.join(separator))] : []
    return [...first, { ...mine, steps: [...opening, ...bridged, ...closing] }]
  }
  const ways = rotations(texts)
  const begun = ways.map((way, index): Condition => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the switch's variable, not ours
    const field = '${uuid}'
    const expression = shareOfCalls(index, ways.length)
    return { field, expression, break: 'never', steps: [bridge(way.join('|'))] }
  })
  const last: Condition[] = closing.length > 0 ? [{ ...mine, steps: closing }] : []
  return [...first, { ...mine, steps: opening }, ...begun, ...last]
}

const goesOutside = (legs: readonly Leg[]): boolean => legs.some(({ extensionId }) => extensionId === undefined)

/** Whom calls to the outside are from: who called the group from outside, or the extension that did. */
const callerId: Condition = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
  field: '${call_direction}',
  expression: '^inbound$',
  break: 'never',
  steps: [
    set('rg_ob_caller_id_name', '${caller_id_name}'),
    set('rg_ob_caller_id_number', '${caller_id_number}'),
    { ...set('rg_ob_caller_id_name', '${outbound_caller_id_name}'), anti: true },
    { ...set('rg_ob_caller_id_number', '${outbound_caller_id_number}'), anti: true },
  ],
}

/**
 * A caller chooses its name, and dial strings have no way to hold just any text: a name or number that would end one is
 * not passed on to the outside.
 */
const unfitCallerIds: Condition[] = [
  ['rg_ob_caller_id_name', '${caller_id_name}${outbound_caller_id_name}', 'Unknown'],
  ['rg_ob_caller_id_number', '${caller_id_number}${outbound_caller_id_number}', 'anonymous'],
].map(([name, field, instead]) => ({
  field: field!,
  // x24 is a dollar sign, which the switch would read as the start of a variable.
  expression: String.raw`[\[\]{}()<>,|:=^'"\\\x24]`,
  break: 'never',
  steps: [set(name!, instead!)],
}))

function outwardOf(group: Group): Outward {
  const name = legValue(group.caller_id_name) || '${rg_ob_caller_id_name}'
  const number = legValue(group.caller_id_number) || '${rg_ob_caller_id_number}'
  return {
    callerIdName: `${legValue(group.cid_name_prefix)}${name}`,
    callerIdNumber: `${legValue(group.cid_number_prefix)}${number}`,
    tollAllow: tollAllowText(group.forward_toll_allow),
  }
}

function openingSteps(group: Group): Step[] {
  const namePrefix = legValue(group.cid_name_prefix)
  const numberPrefix = legValue(group.cid_number_prefix)
  return [
    setInline('ring_group_uuid', group.id),
    ...(played(group.ring_group_ringback)
      ? [set('ringback', group.ring_group_ringback!), set('transfer_ringback', group.ring_group_ringback!)]
      : []),
    set('hangup_after_bridge', 'true'),
    ...(group.call_timeout > 0 ? [set('call_timeout', String(group.call_timeout))] : []),
    set('continue_on_fail', 'true'),
    ...(namePrefix ? [set('effective_caller_id_name', `${namePrefix}#\${caller_id_name}`)] : []),
    ...(numberPrefix ? [set('effective_caller_id_number', `${numberPrefix}\${caller_id_number}`)] : []),
    ...(literal(group.distinctive_ring) ? [exported('sip_h_Alert-Info', group.distinctive_ring!)] : []),
    ...(group.missed_call_app && literal(group.missed_call_data)
      ? [set('missed_call_app', group.missed_call_app), set('missed_call_data', group.missed_call_data!)]
      : []),
    { application: 'ring_ready' },
    ...(played(group.greeting)
      ? [
          { application: 'answer' },
          { application: 'sleep', data: '1000' },
          { application: 'playback', data: group.greeting! },
        ]
      : []),
  ]
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours

const played = (text: string | null): boolean => Boolean(text) && variablesError(text!) === undefined
const literal = (text: string | null): boolean => Boolean(text) && literalError(text!) === undefined

const bridge = (legs: string): Step => ({ application: 'bridge', data: `<ignore_early_media=true>${legs}` })

function timeoutSteps(group: Group, domain: Place): Step[] {
  const text = destinationText(group.timeout_app, group.timeout_data)
  const step = text === undefined ? undefined : storedDestination(domain, text)
  return step ? [step] : []
}
