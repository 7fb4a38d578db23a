import { randomBytes, randomUUID } from 'node:crypto'
import { everything } from '../../rest/access.ts'
import type { Action, ActionContext } from '../../rest/asking.ts'
import { ValidationError } from '../../rest/errors.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { inOwnDomain } from '../access.ts'
import { wrongWith } from './webhooks/checks.ts'
import type { Outcome } from './webhooks/post.ts'
import { readTarget, TargetError } from './webhooks/targets.ts'

const newSecret = () => randomBytes(32).toString('base64url')

/** Sends a ping and waits for what the receiver says. It is in the deliveries, too, and never tried again. */
const test: Action = {
  on: 'row',
  methods: ['POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Send a ping now, and tell what the receiver answered',
  answer: {
    type: 'object',
    properties: {
      status: { enum: ['delivered', 'failed'] },
      delivery_id: { type: 'string', format: 'uuid' },
      response_status: { type: ['integer', 'null'] },
      response_body: { type: ['string', 'null'] },
      error: { type: ['string', 'null'] },
    },
  },
  async run({ services: { database, webhookCourier } }, row) {
    const id = randomUUID()
    const created = new Date().toISOString()
    const body = JSON.stringify({ id, type: 'ping', created, domain_id: row.domain_id, data: {} })
    const [targetUrl, secret] = [String(row.target_url), String(row.secret)]
    const outcome = await webhookCourier.post({ id, type: 'ping', body, targetUrl, secret })
    const status = outcome.error === null ? 'delivered' : 'failed'
    const text = `INSERT INTO "webhook_deliveries"
      ("id", "webhook_id", "type", "body", "status", "attempts", "due", "response_status", "response_body", "error")
      VALUES ($1, $2, 'ping', $3, $4, 1, NULL, $5, $6, $7)`
    await database.run({
      text,
      values: [id, row.id, body, status, outcome.status, outcome.answer, outcome.error],
    })
    return told(id, status, outcome)
  },
}

const told = (id: string, status: string, { status: response_status, answer: response_body, error }: Outcome) => ({
  status,
  delivery_id: id,
  response_status,
  response_body,
  error,
})

/** The only time that a secret is shown: whoever lets the server make one learns it so. */
const rotate_secret: Action = {
  on: 'row',
  methods: ['POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Make a new secret, and show it this once',
  answer: { type: 'object', properties: { secret: { type: 'string' } } },
  async run(context: ActionContext) {
    const secret = newSecret()
    await context.change({ secret })
    return { secret }
  },
}

/** Where events are posted to (docs/events.md). */
export const webhooks = resource('Webhook', {
  path: 'webhooks',
  tenant: 'domain_id',
  hidden: ['resting_until'],
  writeOnly: ['secret'],
  order: ['domain_id', 'target_url', 'id'],
  search: ['target_url', 'description'],
  defaults: { secret: newSecret },
  access: { admin_api: everything, minor_admin_api: inOwnDomain() },
  refuse: ({ values }) => wrongWith(values ?? {}),
  within: {
    create: (row, context) => checkTarget(row.target_url, context),
    async update(row, before, context) {
      const moved = row.target_url !== before.target_url
      if (moved) await checkTarget(row.target_url, context)
      // Who sets it up anew wants it to be tried anew.
      if (!moved && (!row.enabled || before.enabled)) return
      const text = `UPDATE "webhooks" SET "failing_since" = NULL, "disabled_reason" = NULL, "resting_until" = NULL
        WHERE "id" = $1`
      await context.tx.run({ text, values: [row.id] })
    },
  },
  after: { write: (_row, { services }) => services.webhookCourier.begin() },
  actions: { test, rotate_secret },
})

/** Looked up when it is saved, so that whoever saves it learns what is wrong, and again with each delivery. */
async function checkTarget(text: string, { services }: WriteContext): Promise<void> {
  const url = readTarget(text)
  if (typeof url === 'string') throw new ValidationError({ target_url: [url] })
  await services.webhookCourier.targets.check(url).catch((error: unknown) => {
    if (error instanceof TargetError) throw new ValidationError({ target_url: [error.message] })
    throw error
  })
}
