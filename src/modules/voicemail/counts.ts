/** How many messages a box holds. */
import type { Action } from '../../rest/asking.ts'

const COUNTED = {
  new: `"status" = 'new'`,
  read: `"status" = 'read'`,
  saved: `"status" = 'saved'`,
  urgent: `"status" = 'new' AND "urgent"`,
} as const

const integer = { type: 'integer' } as const

/** Messages by status; `urgent` are those of the new ones that are. What is marked as deleted counts nowhere. */
export const counts: Action = {
  on: 'row',
  methods: ['GET'],
  roles: ['admin_api', 'minor_admin_api', 'user_api'],
  summary: 'How many messages the box holds: new, read and saved ones, and how many of the new ones are urgent',
  answer: { type: 'object', properties: Object.fromEntries(Object.keys(COUNTED).map((name) => [name, integer])) },
  async run({ services }, row) {
    const counted = Object.values(COUNTED).map((which) => `count(*) FILTER (WHERE ${which})::integer`)
    const text = `SELECT ${counted.join(', ')} FROM "voicemail_messages" WHERE "voicemail_id" = $1`
    const [found] = await services.database.run({ text, values: [row.id] })
    return Object.fromEntries(Object.keys(COUNTED).map((name, index) => [name, found![index]]))
  },
}
