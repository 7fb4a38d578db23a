/** sofia.conf: the SIP profiles of a switch, each with its gateways. */
import { element } from '../../../freeswitch/xml/write.ts'
import type { Row } from '../../../rest/model/model.ts'
import type { Answerer } from '../question.ts'
import { configuration, forHost, param, readJson } from './document.ts'
import { type GatewayRow, gatewayElement } from './gateway.ts'
import { type Resolve, resolverOf, variablesJson } from './variables.ts'

interface Profile {
  readonly name: string
  readonly settings: readonly Pick<Row<'SipProfileSetting'>, 'name' | 'value'>[]
  readonly domains: readonly Pick<Row<'SipProfileDomain'>, 'name' | 'alias' | 'parse'>[]
  readonly gateways: readonly GatewayRow[]
}

interface Read {
  readonly profiles: readonly Profile[]
  readonly variables: readonly (readonly [string, string])[]
}

/** mod_sofia asks for all profiles when it loads, and for one (`profile`) when that starts or is read anew. */
export const answerSofia: Answerer = async (question, database) => {
  const values = [question.hostname, question.field('profile')]
  const { profiles, variables } = await readJson<Read>(database, { text: PROFILES, values })
  if (profiles.length === 0) return undefined
  const resolve = resolverOf(variables)
  return configuration('sofia.conf', 'sofia Endpoint', [
    element('global_settings', {}, [...param('log-level', '0'), ...param('debug-presence', '0')]),
    element(
      'profiles',
      {},
      profiles.map((profile) => profileElement(profile, resolve)),
    ),
  ])
}

function profileElement({ name, settings, domains, gateways }: Profile, resolve: Resolve): string {
  return element('profile', { name }, [
    element('aliases', {}),
    element('gateways', {}, gateways.map(gatewayElement)),
    element(
      'domains',
      {},
      domains.map(({ name, alias, parse }) => element('domain', { name, alias, parse })),
    ),
    element(
      'settings',
      {},
      settings.map(({ name, value }) => element('param', { name, value: resolve(value ?? '') })),
    ),
  ])
}

/**
 * Of two profiles of one name there is none, and gateways are those of enabled domains and of no domain. Calls that come
 * in by a tenant's gateway never begin in the context of another tenant.
 */
const PROFILES = `
  SELECT json_build_object(
    'variables', ${variablesJson('$1')},
    'profiles', (SELECT coalesce(json_agg(p ORDER BY p."name"), '[]') FROM (
      SELECT p."name",
        (SELECT coalesce(json_agg(json_build_object('name', s."name", 'value', s."value")
            ORDER BY s."name" COLLATE "C", s."value", s."id"), '[]')
          FROM "sip_profile_settings" s WHERE s."sip_profile_id" = p."id" AND s."enabled") AS "settings",
        (SELECT coalesce(json_agg(json_build_object('name', d."name", 'alias', d."alias", 'parse', d."parse")
            ORDER BY d."name", d."id"), '[]')
          FROM "sip_profile_domains" d WHERE d."sip_profile_id" = p."id") AS "domains",
        (SELECT coalesce(json_agg(to_jsonb(g) || jsonb_build_object('foreign_context',
            g."domain_id" IS NOT NULL AND EXISTS (SELECT FROM "domains" o
              WHERE lower(o."name") = lower(g."context") AND o."id" <> g."domain_id")) ORDER BY g."id"), '[]')
          FROM "gateways" g LEFT JOIN "domains" d ON d."id" = g."domain_id"
          WHERE g."profile" = p."name" AND g."enabled" AND d."enabled" IS NOT FALSE
            AND ${forHost('g', '$1')}) AS "gateways"
      FROM "sip_profiles" p
      WHERE p."enabled" AND ${forHost('p', '$1')} AND $2::text IN ('', p."name")) p))::text`
