/** Routes become the dialplans that DjangoPBX makes of the same requests, but for what it gets wrong. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWorld, type World } from '../../../support/app.ts'
import { type Parsed, parsed } from './parsed.ts'

interface Sample {
  readonly name: string
  readonly path: string
  readonly body: Record<string, unknown>
  readonly dialplan: Record<string, string>
  readonly conditions: Parsed[]
}

const samples: Sample[] = JSON.parse(readFileSync(new URL('samples.json', import.meta.url), 'utf8'))

const THEIR_DOMAIN = '2968d386-8a86-490e-86de-57bda757d215'
const THEIR_GATEWAY = '55bd149a-a890-403d-b88d-69df80fdbcfd'

/** Where our XML differs, by the name of the sample, and why. */
const DIFFERENT: Record<string, { why: string; change(conditions: Parsed[]): Parsed[] }> = {
  'ib everything': {
    why: 'a + that is not quoted is no regular expression, and the account code is set',
    change: ([only]) => [
      {
        attributes: { ...only!.attributes, expression: '^(?:\\+44)?(01234500002)$' },
        actions: only!.actions.toSpliced(5, 0, ['action', 'set', 'accountcode=AC', '']),
      },
    ],
  },
  'ob long number cut to 31': {
    why: 'without a group there is no $1, and the gateway would be sent no number',
    change: (conditions) =>
      conditions.with(-1, {
        ...conditions.at(-1)!,
        attributes: { field: 'destination_number', expression: `(^${'1'.repeat(60)}$)` },
      }),
  },
}

describe('routes of DjangoPBX', () => {
  let world: World
  let ours: (text: string) => string
  beforeAll(async () => {
    world = await testWorld()
    const { app, admin } = world
    const domain = await world.call(admin.token, 'POST', '/api/domains/', { name: 'alpha.example.com' })
    const gateway = await app.prisma.gateway.create({
      data: { domain_id: domain.json.id, gateway: 'trunk', proxy: 'sip.example.com' },
    })
    ours = (text) => text.replaceAll(THEIR_DOMAIN, domain.json.id).replaceAll(THEIR_GATEWAY, gateway.id)
  })
  afterAll(() => world.close())

  it.each(samples)('$name', async ({ name, path, body, dialplan, conditions }) => {
    const { app, admin } = world
    const made = await world.call(admin.token, 'POST', path, JSON.parse(ours(JSON.stringify(body))))
    expect(made.status, made.text).toBe(201)
    const row = await app.prisma.dialplan.findUniqueOrThrow({ where: { id: made.json.id } })
    const whole = name === 'ob long number cut to 31' ? { number: body.number } : {}
    expect({ ...row, sequence: String(row.sequence), enabled: String(row.enabled) }).toMatchObject({
      ...dialplan,
      ...whole,
      destination: false,
      dp_continue: false,
    })
    expect(made.json.current_xml).toBe(row.xml)
    const { uuid, ...xml } = parsed(row.xml!)
    expect(uuid).toBe(row.id)
    expect(xml.name).toBe(dialplan.name)
    const theirs = JSON.parse(ours(JSON.stringify(conditions))) as Parsed[]
    expect(xml.conditions).toEqual(DIFFERENT[name]?.change(theirs) ?? theirs)
    for (const [field, value] of Object.entries(JSON.parse(ours(JSON.stringify(body))))) {
      const given = made.json[field]
      const meant = field === 'domain_id' ? row.domain_id : typeof given === 'boolean' ? value === 'true' : value
      expect(given, field).toEqual(typeof meant === 'string' ? meant.trim() : meant)
    }
  })
})
