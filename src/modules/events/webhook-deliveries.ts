import { readEverything, readRights } from '../../rest/access.ts'
import type { Action } from '../../rest/asking.ts'
import { conflict } from '../../rest/errors.ts'
import { resource } from '../../rest/resource.ts'
import { domainRows } from '../access.ts'

const redeliver: Action = {
  on: 'row',
  methods: ['POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Deliver it again, soon, and for a day if need be',
  answer: { type: 'object', properties: { status: { const: 'waiting' } } },
  async run({ services: { database, webhookCourier } }, row) {
    const text = `UPDATE "webhook_deliveries" d SET "status" = 'waiting', "attempts" = 0, "due" = now(), "since" = now(),
      "updated" = now() FROM "webhooks" w WHERE d."id" = $1 AND w."id" = d."webhook_id" AND w."enabled" RETURNING 1`
    const found = await database.run({ text, values: [row.id] })
    if (found.length === 0) throw conflict('The webhook is disabled. Enable it first.')
    webhookCourier.begin()
    return { status: 'waiting' }
  },
}

/** What was posted to webhooks, or is to be, and what became of it. */
export const webhookDeliveries = resource('WebhookDelivery', {
  path: 'webhook_deliveries',
  tenant: 'webhook_id__domain_id',
  hidden: ['since', 'sequence'],
  order: ['-created', '-id'],
  search: ['type', 'error'],
  long: true,
  access: { admin_api: readEverything, minor_admin_api: readRights(domainRows('webhook_id__domain_id')) },
  actions: { redeliver },
})
