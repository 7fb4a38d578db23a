/** What switches are configured with on a fresh system. */
import type { PrismaClient } from '../../../generated/prisma/client.ts'
import { CONFERENCE_CONTROLS, CONFERENCE_PROFILES } from './conferences.ts'
import { SIP_PROFILES } from './sip-profiles.ts'
import { SWITCH_VARIABLES } from './variables.ts'

/**
 * Makes the rows of each kind of which there are none: an operator who deleted one does not get it back. Servers that
 * start at once make them once between them.
 */
export async function ensureSwitchDefaults(prisma: PrismaClient): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${DEFAULTS_LOCK})::text`
    for (const [text, rows] of KINDS) await tx.$executeRawUnsafe(text, JSON.stringify(rows))
  })
}

const DEFAULTS_LOCK = 7_209_403

/** Who made them, as in DjangoPBX. */
const BY = `'system'`

const MAKE_PROFILES = `
  WITH "given" AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS g("name" text, "description" text, "settings" jsonb, "domains" jsonb)),
  "made" AS (
    INSERT INTO "sip_profiles" ("name", "description", "updated_by")
    SELECT g."name", g."description", ${BY} FROM "given" g WHERE NOT EXISTS (SELECT FROM "sip_profiles")
    RETURNING "id", "name"),
  "settings" AS (
    INSERT INTO "sip_profile_settings" ("sip_profile_id", "name", "value", "enabled", "description", "updated_by")
    SELECT m."id", s."name", s."value", s."enabled", s."description", ${BY}
    FROM "made" m JOIN "given" g ON g."name" = m."name", jsonb_to_recordset(g."settings")
      AS s("name" text, "value" text, "enabled" boolean, "description" text))
  INSERT INTO "sip_profile_domains" ("sip_profile_id", "name", "alias", "parse", "updated_by")
  SELECT m."id", d."name", d."alias", d."parse", ${BY}
  FROM "made" m JOIN "given" g ON g."name" = m."name", jsonb_to_recordset(g."domains")
    AS d("name" text, "alias" text, "parse" text)`

const ACCESS_LISTS = [
  { name: 'domains', description: "Where the domains' telephones and trunks are let in by address", networks: [] },
  {
    name: 'lan',
    description: 'Private networks',
    networks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  },
]
const MAKE_ACCESS_LISTS = `
  WITH "given" AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS g("name" text, "description" text, "networks" jsonb)),
  "made" AS (
    INSERT INTO "access_controls" ("name", "description", "default", "updated_by")
    SELECT g."name", g."description", 'deny', ${BY} FROM "given" g WHERE NOT EXISTS (SELECT FROM "access_controls")
    RETURNING "id", "name")
  INSERT INTO "access_control_nodes" ("access_control_id", "type", "cidr", "updated_by")
  SELECT m."id", 'allow', n."cidr", ${BY}
  FROM "made" m JOIN "given" g ON g."name" = m."name", jsonb_array_elements_text(g."networks") AS n("cidr")`

const VARIABLES = SWITCH_VARIABLES.map(([category, name, value, description], index) => ({
  category,
  name,
  value,
  description,
  sequence: (index + 1) * 10,
}))
const MAKE_VARIABLES = `
  INSERT INTO "switch_variables" ("category", "name", "value", "description", "sequence", "updated_by")
  SELECT g."category", g."name", g."value", g."description", g."sequence", ${BY}
  FROM jsonb_to_recordset($1::jsonb)
    AS g("category" text, "name" text, "value" text, "description" text, "sequence" integer)
  WHERE NOT EXISTS (SELECT FROM "switch_variables")`

const MUSIC = [8000, 16_000, 32_000, 48_000].map((rate) => ({
  rate,
  path: `$\${sounds_dir}/music/default/${rate}`,
}))
const MAKE_MUSIC = `
  INSERT INTO "music_on_hold" ("name", "path", "rate", "channels", "interval", "updated_by")
  SELECT 'default', g."path", g."rate", 1, 20, ${BY} FROM jsonb_to_recordset($1::jsonb) AS g("path" text, "rate" integer)
  WHERE NOT EXISTS (SELECT FROM "music_on_hold")`

const CONFERENCES = Object.entries(CONFERENCE_PROFILES).map(([name, one]) => ({ name, ...one }))
const MAKE_CONFERENCES = `
  WITH "given" AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS g("name" text, "description" text, "params" jsonb)),
  "made" AS (
    INSERT INTO "conference_profiles" ("name", "description", "updated_by")
    SELECT g."name", g."description", ${BY} FROM "given" g WHERE NOT EXISTS (SELECT FROM "conference_profiles")
    RETURNING "id", "name")
  INSERT INTO "conference_profile_params" ("conf_profile_id", "name", "value", "updated_by")
  SELECT m."id", p."key", p."value", ${BY}
  FROM "made" m JOIN "given" g ON g."name" = m."name", jsonb_each_text(g."params") p`

const CONTROLS = Object.entries(CONFERENCE_CONTROLS).map(([name, one]) => ({ name, ...one }))
const MAKE_CONTROLS = `
  WITH "given" AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS g("name" text, "description" text, "keys" jsonb)),
  "made" AS (
    INSERT INTO "conference_controls" ("name", "description", "updated_by")
    SELECT g."name", g."description", ${BY} FROM "given" g WHERE NOT EXISTS (SELECT FROM "conference_controls")
    RETURNING "id", "name")
  INSERT INTO "conference_control_details" ("conf_ctrl_id", "digits", "action", "updated_by")
  SELECT m."id", k->>0, k->>1, ${BY}
  FROM "made" m JOIN "given" g ON g."name" = m."name", jsonb_array_elements(g."keys") k`

const KINDS: readonly (readonly [text: string, rows: readonly object[]])[] = [
  [MAKE_PROFILES, SIP_PROFILES],
  [MAKE_ACCESS_LISTS, ACCESS_LISTS],
  [MAKE_VARIABLES, VARIABLES],
  [MAKE_MUSIC, MUSIC],
  [MAKE_CONFERENCES, CONFERENCES],
  [MAKE_CONTROLS, CONTROLS],
]
