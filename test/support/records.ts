/** Call records as switches post them, and what became of them. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { expect } from 'vitest'
import { readRecord } from '../../src/freeswitch/records/record.ts'
import { isTree, type RecordValue } from '../../src/freeswitch/records/shape.ts'
import { sample, xmlRecord } from '../freeswitch/sample.ts'

export interface Posted {
  readonly body: Buffer | string
  readonly path?: string
  /** The parameter that mod_xml_cdr adds, such as `a_…`. */
  readonly uuid?: string
  readonly contentType?: string | undefined
}

/** Posts a record as a switch of this machine; gives the status, after which the record must be where it belongs. */
export async function postRecord(app: FastifyInstance, { body, path = '/xmlcdr/', uuid, contentType }: Posted) {
  const {
    statusCode,
    headers,
    body: text,
  } = await app.inject({
    method: 'POST',
    url: uuid === undefined ? path : `${path}?uuid=${uuid}`,
    headers: { ...(contentType !== undefined && { 'content-type': contentType }) },
    payload: body,
  })
  return { status: statusCode, headers, text }
}

/** What a switch sent in a sample: the body, the parameter and the content type of the POST. */
export function samplePost(name: string): Required<Posted> {
  const head = sampleHead(name)
  return {
    body: sample(name),
    path: '/xmlcdr/',
    uuid: /[?&]uuid=(\S+)/.exec(head)![1]!,
    contentType: /Content-Type: (\S+)/.exec(head)![1]!,
  }
}

const sampleHead = (name: string): string => {
  const file = readFileSync(new URL(`../freeswitch/samples/${name}`, import.meta.url), 'latin1')
  return file.slice(0, file.indexOf('\n\n'))
}

/** The record of a sample as mod_json_cdr would have written it. */
export function asJson(body: Buffer): string {
  const { tree } = readRecord(body)
  const callflow = [tree.callflow ?? []].flat()
  return JSON.stringify(withoutMarks({ ...tree, callflow: callflow as RecordValue }))
}

/** Attributes are values like others there. */
function withoutMarks(value: RecordValue): RecordValue {
  if (Array.isArray(value)) return value.map(withoutMarks)
  if (!isTree(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.replace(/^@/, ''), withoutMarks(inner)]))
}

/** A record in XML of a tenant's call, unlike any other but for what `variables` say. */
export function madeRecord(variables: Record<string, string> = {}, rest = ''): string {
  return xmlRecord({ uuid: randomUUID(), domain_name: 'acme.example', ...variables }, rest)
}

/** The microseconds of a time, as variables have them. */
export const uepoch = (time: string, micros = 0): string => String(Date.parse(time) * 1000 + micros)

/** What a b leg says besides: its caller has an originator. */
export const ORIGINATOR =
  '<callflow profile_index="1"><caller_profile><originator><originator_caller_profile/></originator>' +
  '</caller_profile></callflow>'

export async function countOf(pool: pg.Pool, table: 'xml_cdrs' | 'cdr_rejects' | 'cdr_totals'): Promise<number> {
  return Number((await pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count)
}

export async function emptied(pool: pg.Pool): Promise<void> {
  await pool.query('DELETE FROM xml_cdrs')
  await pool.query('DELETE FROM cdr_rejects')
}

const RECOUNT = `
  SELECT grain, coalesce(domain_id, '00000000-0000-0000-0000-000000000000') AS domain_id,
    date_trunc(grain, start_stamp, 'UTC') AS starts_at, count(*) AS total,
    count(*) FILTER (WHERE status = 'answered') AS answered, count(*) FILTER (WHERE missed_call) AS missed,
    sum(ring) AS ring_ms, max(ring) AS ring_max_ms,
    coalesce(sum(billsec) FILTER (WHERE status = 'answered'), 0) AS talk_seconds,
    coalesce(max(billsec) FILTER (WHERE status = 'answered'), 0) AS talk_max_seconds,
    coalesce(sum(billsec), 0) AS billed_seconds
  FROM (SELECT *, greatest(0, round(extract(epoch FROM coalesce(answer_stamp, end_stamp, start_stamp) - start_stamp)
    * 1000)) AS ring FROM xml_cdrs) cdr, unnest(ARRAY['hour', 'day']) grain GROUP BY 1, 2, 3`

/** Holds the totals against the records themselves. */
export async function expectTotalsRight(pool: pg.Pool): Promise<void> {
  const counted = `SELECT grain, domain_id::text, starts_at::text, total::text, answered::text, missed::text,
    ring_ms::text, ring_max_ms::text, talk_seconds::text, talk_max_seconds::text, billed_seconds::text`
  const told = await pool.query(`${counted} FROM cdr_totals ORDER BY 1, 2, 3`)
  const right = await pool.query(`${counted} FROM (${RECOUNT}) t ORDER BY 1, 2, 3`)
  expect(told.rows).toEqual(right.rows)
  const months = await pool.query('SELECT * FROM cdr_extension_months ORDER BY 1, 2, 3')
  expect(months.rows).toEqual((await pool.query(MONTHS)).rows)
}

const MONTHS = `
  SELECT extension_id, coalesce(domain_id, '00000000-0000-0000-0000-000000000000') AS domain_id,
    date_trunc('month', start_stamp, 'UTC') AS starts_at, count(*) AS total
  FROM xml_cdrs WHERE extension_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
