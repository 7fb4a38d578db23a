/** What actions on switches answer, as JSON Schema. */

type Schema = Readonly<Record<string, unknown>>

const switches = (each: Schema, description: string): Schema => ({
  type: 'object',
  additionalProperties: each,
  description,
})

const WHAT_BECAME = 'What became of each switch: ok, unreachable, or the reason it gives'

/** Of a flush: what was flushed, how many of it, and on which switches. */
export const FLUSHED: Schema = {
  type: 'object',
  properties: {
    status: { type: 'string' },
    count: { type: 'integer' },
    switches: switches({ type: 'string' }, WHAT_BECAME),
  },
}

const ABOUT = { gateway: { type: 'string', format: 'uuid' }, profile: { type: 'string' } }

/** Of what a gateway was told. */
export const GATEWAY_TOLD: Schema = {
  type: 'object',
  properties: { status: { type: 'string' }, ...ABOUT, switches: switches({ type: 'string' }, WHAT_BECAME) },
}

const NUMBERS = ['ping_ms', 'uptime_seconds', 'calls_in', 'calls_out', 'failed_calls_in', 'failed_calls_out']

/** Of a gateway's state on each switch. */
export const GATEWAY_STATE: Schema = {
  type: 'object',
  properties: {
    ...ABOUT,
    switches: switches(
      {
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            properties: {
              state: { type: 'string', description: 'NOREG, REGED, TRYING, FAIL_WAIT …; NOT_LOADED: there is none' },
              status: { type: 'string', description: 'UP or DOWN' },
              ...Object.fromEntries([...NUMBERS, 'retry_seconds'].map((name) => [name, { type: 'number' }])),
            },
          },
        ],
      },
      'The state on each switch, or unreachable',
    ),
  },
}
