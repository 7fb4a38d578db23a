import { z } from 'zod'
import type { Predicate } from '../../../rest/access.ts'
import type { Action, ActionContext } from '../../../rest/asking.ts'
import { notFound } from '../../../rest/errors.ts'
import { type ModelName, modelOf } from '../../../rest/model/model.ts'
import { whereSql } from '../../../rest/read/where.ts'
import { identifier, Sql } from '../../../rest/sql.ts'
import { readUuid } from '../../../rest/values/identity.ts'
import { EVENT_COLUMNS, type StoryEvent } from './legs.ts'
import { drawStory } from './picture.ts'
import { RECORD_COLUMNS, type StoryRecord, tellRecord } from './record.ts'
import { STEP_TYPES, type Story } from './shape.ts'
import { tellStory } from './teller.ts'

/** A call of more events or channels than that is told of its first ones. */
const MOST_EVENTS = 5000
const MOST_CHANNELS = 100

const query = z.object({
  call_uuid: z
    .string({ error: 'This field is required.' })
    .transform((text, context) => {
      const uuid = readUuid(text)
      if (uuid === undefined) context.addIssue({ code: 'custom', message: 'Must be a valid UUID.' })
      return uuid!
    })
    .describe("The uuid of a call, or of one of its channels, as the switch has it; a call record's call_uuid."),
})

const text = { type: 'string' }
const textOrNull = { type: ['string', 'null'] }
const uuid = { type: 'string', format: 'uuid' }
const time = { type: 'string', format: 'date-time' }
const timeOrNull = { type: ['string', 'null'], format: 'date-time' }
const secondsOrNull = { type: ['number', 'null'] }
const object = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

/** What happened in a call, step by step. */
export const story: Action = {
  on: 'collection',
  methods: ['GET'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Tells a call: who rang, answered, talked, was held or transferred, and who hung up',
  query,
  answer: object({
    call_uuid: uuid,
    started: time,
    answered: timeOrNull,
    ended: timeOrNull,
    duration: secondsOrNull,
    legs: {
      type: 'array',
      items: object({ uuid, direction: textOrNull, name: textOrNull, number: textOrNull, channel: textOrNull }),
    },
    steps: {
      type: 'array',
      items: object({
        at: time,
        offset: { type: 'number' },
        duration: secondsOrNull,
        leg: uuid,
        other_leg: { type: ['string', 'null'], format: 'uuid' },
        type: { type: 'string', enum: STEP_TYPES },
        text,
      }),
    },
  }),
  async run(context) {
    const { call_uuid: callUuid } = context.query as z.infer<typeof query>
    const told =
      tellStory(callUuid, await eventsOf(context, callUuid)) ?? tellRecord(await recordsOf(context, callUuid))
    if (!told) throw notFound()
    return told
  },
  svg: (answer) => drawStory(answer as Story),
}

/** The events of all channels of the call that this is a channel of, in order. */
async function eventsOf(context: ActionContext, uuid: string): Promise<StoryEvent[]> {
  const calls = await readRows<{ call_uuid: string | null }>(context, 'CallTimeline', {
    columns: ['call_uuid'],
    where: [...context.rows('calltimeline'), ofChannels([uuid])],
    end: `GROUP BY "call_uuid" ORDER BY "call_uuid" LIMIT ${MOST_CHANNELS}`,
  })
  if (calls.length === 0) return []
  const uuids = new Set([uuid, ...calls.flatMap((call) => call.call_uuid ?? [])])
  return readRows<StoryEvent>(context, 'CallTimeline', {
    columns: EVENT_COLUMNS,
    where: [...context.rows('calltimeline'), ofChannels([...uuids])],
    end: `ORDER BY "event_epoch", "event_sequence" LIMIT ${MOST_EVENTS}`,
  })
}

const ofChannels = (uuids: readonly string[]): Predicate => ({
  any: ['call_uuid', 'unique_id', 'other_leg_unique_id'].map((path) => ({ path, lookup: 'in', value: uuids })),
})

const recordsOf = (context: ActionContext, uuid: string): Promise<StoryRecord[]> =>
  readRows<StoryRecord>(context, 'XmlCdr', {
    columns: RECORD_COLUMNS,
    where: [...context.rows('xmlcdrs'), { path: 'call_uuid', lookup: 'exact', value: uuid }],
    end: 'ORDER BY "start_stamp" LIMIT 20',
  })

interface Reading {
  readonly columns: readonly string[]
  readonly where: readonly Predicate[]
  readonly end: string
}

/** Found first, put in order then: a call has few rows, and the planner must not walk all there are in their order. */
async function readRows<T>(
  { services }: ActionContext,
  name: ModelName,
  { columns, where, end }: Reading,
): Promise<T[]> {
  const sql = new Sql()
  const model = modelOf(name)
  const names = columns.map(identifier)
  const condition = whereSql(sql, model, 't', where)
  const found = `SELECT ${names.map((column) => `t.${column}`).join(', ')} FROM ${identifier(model.table)} t WHERE ${condition}`
  const statement = `WITH "found" AS MATERIALIZED (${found}), "ordered" AS (SELECT ${names.join(', ')} FROM "found" ${end})
    SELECT coalesce(json_agg("ordered"), '[]')::text FROM "ordered"`
  const [row] = await services.database.run(sql.statement(statement))
  return JSON.parse(row![0] as string) as T[]
}
