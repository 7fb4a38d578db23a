import { randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { commands } from '../../../freeswitch/commands.ts'
import { SwitchRefusal, SwitchUnreachable } from '../../../freeswitch/errors.ts'
import type { Command } from '../../../rest/asking.ts'
import { ROLES } from '../../../rest/caller.ts'
import { unavailable, ValidationError } from '../../../rest/errors.ts'
import type { Services } from '../../../rest/services.ts'
import { quoted } from '../../../rest/values/parsed.ts'
import { placeOf } from '../live/place.ts'
import { type DefaultExtension, defaultExtension } from './default-extension.ts'
import { destinationInput, dialled, hostInput } from './destination.ts'
import { keepCall, STATUSES, settle, stateOf } from './state.ts'
import { variablesOf } from './variables.ts'

const ANSWER = {
  status: { type: 'string', enum: STATUSES },
  dest: { type: 'string' },
  host: { type: 'string', description: 'The switch that makes the call.' },
  extension: { type: 'string', description: 'The extension that rings first.' },
  call_uuid: { type: 'string', format: 'uuid' },
}

/** Rings the caller's own telephone, then dials for it. */
export const clickToDial: Command = {
  path: 'clickdial',
  roles: ROLES,
  summary: "Rings the caller's default extension, then dials a number from it",
  inputs: { dest: destinationInput, host: hostInput },
  answer: { type: 'object', properties: ANSWER },
  async run(asked, inputs) {
    const { services, caller } = asked
    const found = await defaultExtension(asked)
    if (!found) throw new ValidationError({ non_field_errors: [NO_EXTENSION] })
    const host = hostOf(services, found, inputs.host as string | null | undefined)
    const call = { id: randomUUID(), user_id: caller.userId, host, dest: inputs.dest as string }
    const status = await dial(services, found, call)
    return { status, dest: call.dest, host, extension: found.extension.extension, call_uuid: call.id }
  },
  follow: {
    summary: 'What became of a call by a click',
    answer: {
      type: 'object',
      properties: { ...ANSWER, cause: { type: ['string', 'null'], description: 'Why it failed.' } },
    },
    async run({ services, caller }, id) {
      const call = await stateOf(services, caller, id)
      if (!call) return undefined
      const { status, dest, host, extension, cause } = call
      return { status, dest, host, extension, call_uuid: call.id, cause }
    },
  },
}

const NO_EXTENSION =
  'You have no default extension that is in use: one of yours must be marked default_user in extensionuser.'

/** The switch that was named, else the domain's. Of those that there are none is told. */
function hostOf({ fleet }: Services, { domain }: DefaultExtension, named: string | null | undefined): string {
  const host = named ?? domain.home_switch
  if (host !== domain.home_switch && !fleet.link(host)) {
    throw new ValidationError({ host: [`There is no switch "${quoted(host)}".`] })
  }
  if (fleet.links.length === 0) {
    throw unavailable('No telephone switch is connected to this server, so the call was not made.', 60)
  }
  return host
}

/** How long the caller's telephones ring. */
const RING_SECONDS = 30
/**
 * The switch tells nothing until a telephone answers. That it cannot ring at all it tells at once, so by this time a
 * call that has not failed is one that rings.
 */
const EARLY_MS = 1500

interface Asked {
  readonly id: string
  readonly user_id: number
  readonly host: string
  readonly dest: string
}

/** Has the call made; how it stands when the switch has taken it. One that fails later is told by its state. */
async function dial(services: Services, { extension, domain }: DefaultExtension, call: Asked) {
  const { database, fleet } = services
  const link = fleet.link(call.host)
  if (!link) throw new SwitchUnreachable(call.host)
  const domainId = extension.domain_id!
  const { context } = (await placeOf(database, domainId, extension.id)) ?? { context: domain.name }
  const dest = dialled(call.dest, domain.name)
  const variables = await variablesOf(database, { extension, domain: domain.name, dest, context })
  const command = commands.originate({
    uuid: call.id,
    user: extension.extension,
    domain: domain.name,
    dest,
    context,
    ringSeconds: RING_SECONDS,
    variables,
  })
  await keepCall(database, {
    ...call,
    domain_id: domainId,
    extension_id: extension.id,
    extension: extension.extension,
  })
  let isLate = false
  let take = () => {}
  const taken = new Promise<void>((resolve) => {
    take = resolve
  })
  const job = link.send(command, take).then(
    async () => {
      await settle(database, call.id, 'answered')
      return 'answered' as const
    },
    async (error: unknown) => {
      // A connection that is lost later ends no call: the switch is asked when somebody wants to know.
      if (error instanceof SwitchRefusal) await settle(database, call.id, 'failed', error.cause)
      else if (!isLate) await settle(database, call.id, 'failed', 'SWITCH_UNREACHABLE')
      throw error
    },
  )
  // Nobody waits for what comes later than that; the database may be closed by then.
  job.catch(() => undefined)
  const status = await Promise.race([job, taken.then(() => after(EARLY_MS, 'dialling' as const, { ref: false }))])
  isLate = true
  return status
}
