/** conference.conf: how conferences sound, and what keys do in them. */
import { element } from '../../../freeswitch/xml/write.ts'
import type { Row } from '../../../rest/model/model.ts'
import type { Answerer, Question } from '../question.ts'
import { configuration, param, readJson } from './document.ts'
import { type Resolve, resolverOf, variablesJson } from './variables.ts'

interface Profile {
  readonly name: string
  readonly params: readonly Pick<Row<'ConferenceProfileParams'>, 'name' | 'value'>[]
}

interface Controls {
  readonly name: string
  readonly keys: readonly Pick<Row<'ConferenceControlDetails'>, 'digits' | 'action' | 'data'>[]
}

interface Read {
  readonly profiles: readonly Profile[]
  readonly controls: readonly Controls[]
  readonly variables: readonly (readonly [string, string])[]
}

/**
 * mod_conference asks for a profile when a conference begins (`profile_name`), for a group of keys with each caller
 * (`Action=request-controls`), and for the rooms that are to be seen while nobody is in them (`presence`): there are none.
 */
export const answerConference: Answerer = async (question, database) => {
  if (question.field('presence') === 'true') return conference([element('advertise', {})])
  const { profile, controls } = askedFor(question)
  const values = [question.hostname, profile ?? '', controls ?? '', controls === undefined, profile === undefined]
  const read = await readJson<Read>(database, { text: CONFERENCES, values })
  if (read.profiles.length + read.controls.length === 0) return undefined
  const resolve = resolverOf(read.variables)
  return conference([
    ...(profile === undefined && controls === undefined ? [element('advertise', {})] : []),
    element('caller-controls', {}, read.controls.map(group)),
    ...(controls === undefined
      ? [
          element(
            'profiles',
            {},
            read.profiles.map((one) => profileElement(one, resolve)),
          ),
        ]
      : []),
  ])
}

const conference = (children: readonly string[]): string =>
  configuration('conference.conf', 'Audio Conference', children)

function askedFor(question: Question): { profile?: string; controls?: string } {
  if (question.field('Action') === 'request-controls') return { controls: question.field('Controls') }
  const profile = question.field('profile_name')
  return profile === '' ? {} : { profile }
}

const group = ({ name, keys }: Controls): string =>
  element(
    'group',
    { name },
    keys.map(({ action, digits, data }) => element('control', { action, digits, data: data || undefined })),
  )

const profileElement = ({ name, params }: Profile, resolve: Resolve): string =>
  element(
    'profile',
    { name },
    params.flatMap((one) => param(one.name, one.value ? resolve(one.value) : undefined)),
  )

/** $2 a profile, or all ($5), or none where keys are asked for (not $4); $3 a group of keys, or those of the profiles. */
const CONFERENCES = `
  WITH "asked" AS (SELECT p.* FROM "conference_profiles" p WHERE p."enabled" AND $4 AND ($5 OR p."name" = $2)),
  "params" AS (SELECT s.* FROM "conference_profile_params" s JOIN "asked" p ON p."id" = s."conf_profile_id"
    WHERE s."enabled")
  SELECT json_build_object(
    'variables', ${variablesJson('$1')},
    'profiles', (SELECT coalesce(json_agg(json_build_object('name', p."name", 'params', (
        SELECT coalesce(json_agg(json_build_object('name', s."name", 'value', s."value")
          ORDER BY s."name" COLLATE "C", s."id"), '[]')
        FROM "params" s WHERE s."conf_profile_id" = p."id")) ORDER BY p."name"), '[]') FROM "asked" p),
    'controls', (SELECT coalesce(json_agg(json_build_object('name', c."name", 'keys', (
        SELECT coalesce(json_agg(json_build_object('digits', k."digits", 'action', k."action", 'data', k."data")
          ORDER BY k."digits" COLLATE "C", k."action", k."id"), '[]')
        FROM "conference_control_details" k
        WHERE k."conf_ctrl_id" = c."id" AND k."enabled" AND k."digits" <> 'n')) ORDER BY c."name"), '[]')
      FROM "conference_controls" c
      WHERE c."enabled" AND CASE WHEN $4 THEN $5 OR c."name" IN (SELECT s."value" FROM "params" s
        WHERE s."name" IN ('caller-controls', 'moderator-controls')) ELSE c."name" = $3 END))::text`
