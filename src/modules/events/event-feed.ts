/** `GET /api/events/`: what happens, as it happens (docs/events.md). */
import { z } from 'zod'
import type { ActionContext, Feed } from '../../rest/asking.ts'
import type { Connection } from '../../rest/database.ts'
import { ValidationError } from '../../rest/errors.ts'
import { noSuchRow, readUuid } from '../../rest/values/identity.ts'
import type { Scope } from './stream/told.ts'
import { EVENT_TYPES, type EventType } from './types.ts'

const query = z.object({
  types: z
    .string()
    .transform((text, context): readonly EventType[] => {
      const types = text.split(',').map((type) => type.trim())
      for (const type of types) {
        if ((EVENT_TYPES as readonly string[]).includes(type)) continue
        const message = `There is no event of the type "${type.slice(0, 64)}". Types are ${EVENT_TYPES.join(', ')}.`
        context.addIssue({ code: 'custom', message })
      }
      return types as EventType[]
    })
    .optional()
    .describe(`The types to tell of, by comma; all when left out: ${EVENT_TYPES.join(', ')}.`),
  domain_id: z.string().optional().describe('The tenant to tell of.'),
})

export const events: Feed = {
  path: 'events',
  roles: ['admin_api', 'minor_admin_api', 'user_api'],
  summary: 'What happens, as it happens: calls, registrations, voicemail counts and new call records',
  query,
  async open(context, reader) {
    const { types, domain_id } = context.query as z.infer<typeof query>
    const scope = { ...(await scopeOf(context, domain_id)), types }
    return context.services.eventStreams.open(context.caller, scope, positionOf(reader.lastEventId), reader)
  },
}

/** Whose events the caller hears of. Who has no tenant, or no profile, has none: no event is of the nil UUID. */
async function scopeOf({ caller, services }: ActionContext, asked: string | undefined): Promise<Scope> {
  const own = caller.role === 'admin_api' ? undefined : (caller.domainId ?? NIL)
  const domainId = asked === undefined ? own : await domainOf(services.database, asked, own)
  return { domainId, ...(caller.role === 'user_api' && { userUuid: caller.userUuid ?? NIL }) }
}
const NIL = '00000000-0000-0000-0000-000000000000'

/** The id of the tenant that is asked for, if the caller may. */
async function domainOf(db: Connection, asked: string, own: string | undefined): Promise<string> {
  const id = readUuid(asked)
  if (id === undefined) throw new ValidationError({ domain_id: ['Must be a valid UUID.'] })
  const text = 'SELECT FROM "domains" WHERE "id" = $1 AND ($2::uuid IS NULL OR "id" = $2)'
  const found = await db.run({ text, values: [id, own ?? null] })
  if (found.length === 0) throw new ValidationError({ domain_id: [noSuchRow(asked)] })
  return id
}

function positionOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined) return undefined
  if (!/^\d{1,15}$/.test(lastEventId)) {
    throw new ValidationError({ last_event_id: ['An id is a whole number, as it was sent with an event.'] })
  }
  return Number(lastEventId)
}
