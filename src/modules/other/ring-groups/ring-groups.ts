import { literalError } from '../../../freeswitch/dialplan/expansion.ts'
import { everything } from '../../../rest/access.ts'
import type { Action } from '../../../rest/asking.ts'
import { resource } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import { numberError } from '../../dialling/destinations.ts'
import { type Change, contextError, entryHooks, generateXml, textErrors } from '../../dialling/entry-hooks.ts'
import { numberTaken } from '../../dialling/numbers.ts'
import { destinationError, legTextError, numberTextError, ringbackError, soundError } from '../../dialling/texts.ts'
import { FLUSHED } from '../../switch-answers.ts'
import { CIRCLE, ringsItself } from './circles.ts'
import { ringGroupEntry } from './entry.ts'
import { tollAllowError } from './legs.ts'

/** The entries of ring groups, which change with their destinations too. */
export const groupEntries = entryHooks('RingGroup', { check, build: ringGroupEntry })

const flush: Action = {
  on: 'row',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: "Makes the switches forget the dialplan of the group's context",
  answer: FLUSHED,
  run: ({ services }, row) => services.switches.flushDialplan([String(row.context ?? '')]),
}

/** Numbers that ring several places. Their dialplan entries are made, changed and removed with them. */
export const ringGroups = resource('RingGroup', {
  path: 'ringgroups',
  tenant: 'domain_id',
  links: { gen_xml: 'generate_xml' },
  order: ['domain_id', 'name', 'extension'],
  search: ['name', 'extension', 'description'],
  fill: { context: 'domain_id__name' },
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  within: groupEntries,
  constraints: { dialled_numbers_pkey: numberTaken('extension') },
  actions: { generate_xml: generateXml, flush_cache_dialplan: flush },
})

async function check(change: Change<'RingGroup'>): Promise<Record<string, string | undefined>> {
  const { row, domain, context, changed } = change
  const { caller, tx } = context
  return {
    ...textErrors(change, {
      context: (text) => contextError(text, domain, caller),
      greeting: (text) => soundError(text, domain, caller),
      ring_group_ringback: (text) => ringbackError(text, domain, caller),
      caller_id_name: legTextError,
      caller_id_number: numberTextError,
      cid_name_prefix: legTextError,
      cid_number_prefix: numberTextError,
      distinctive_ring: literalError,
      missed_call_data: literalError,
      forward_toll_allow: tollAllowError,
    }),
    ...(changed('timeout_app', 'timeout_data') && {
      timeout_data: await destinationError(
        tx,
        domain,
        { application: row.timeout_app, data: row.timeout_data },
        caller,
      ),
    }),
    ...(changed('forward_enabled', 'forward_destination') && { forward_destination: await forwardError(change) }),
    ...(changed('domain_id') && { domain_id: await usersError(change) }),
    ...(changed('extension') && { extension: numberTextError(row.extension) ?? (await circleError(change)) }),
  }
}

/** Users are of the group's tenant, so a group that has some stays there. */
async function usersError({ row, before, context }: Change<'RingGroup'>): Promise<string | undefined> {
  if (before === null) return undefined
  const [user] = await context.tx.find('RingGroupUser', { ring_group_id: row.id })
  return user && 'Remove the users of the ring group first: they are of its domain.'
}

async function forwardError(change: Change<'RingGroup'>): Promise<string | undefined> {
  const { row, domain, context } = change
  const number = row.forward_destination ?? ''
  if (number === '') return row.forward_enabled ? 'Say where calls are forwarded to.' : undefined
  if (domain === undefined) return numberTextError(number)
  return (await numberError(context.tx, domain, number)) ?? (await circleError(change))
}

const circleError = async ({ row, context }: Change<'RingGroup'>): Promise<string | undefined> =>
  (await ringsItself(context.tx, row)) ? CIRCLE : undefined
