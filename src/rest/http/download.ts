/** `GET …/download/`: everything a list's filters match, streamed as CSV. */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Predicate } from '../access.ts'
import { exportSql, fieldsOfPlan } from '../read/export.ts'
import { type ListPlan, planList } from '../read/plan.ts'
import { readQuery } from '../read/query.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import { negotiate } from './negotiate.ts'
import { CSV_TYPE, renderCsv } from './renderers/csv.ts'
import { asked, type Host } from './request.ts'
import { route } from './route.ts'
import { tooLong } from './too-long.ts'

/** Adds the route, where the resource has a download; who may list may download, and the same rows. */
export function addDownload(app: FastifyInstance, host: Host, compiled: Compiled): void {
  if (!compiled.resource.download) return
  const roles = rolesWith(compiled, 'list')
  route(app, `/api/${compiled.resource.path}/download/`, roles, {
    GET: { roles, handle: downloadHandler(host, compiled) },
  })
}

function downloadHandler(host: Host, compiled: Compiled) {
  const csvOf = (plan: ListPlan, apiUrl: string) => {
    const names = fieldsOfPlan(plan).map((field) => field.name)
    return host.exports.csv(exportSql(plan, apiUrl), renderCsv(names, []))
  }
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { caller, apiUrl, prefer } = asked(host, request, reply)
    const query = new Map([...readQuery(request.url)].filter(([name]) => !PAGING.has(name)))
    negotiate(query, request.headers.accept, ['csv'])
    const plan = planList(compiled, caller, query, prefer)
    // Without rows a stream all the same: an empty text would be told as a length of nothing.
    const file = request.method === 'HEAD' ? Readable.from([]) : await csvOf(plan, apiUrl).catch(tooLong(compiled))
    const disposition = `attachment; filename="${fileName(compiled, plan.where)}"`
    return reply.type(CSV_TYPE).header('Content-Disposition', disposition).send(file)
  }
}

/** A file has one page. */
const PAGING = new Set(['page', 'page_size', 'cursor'])

/** `cdrs_2026-01-01_2026-02-01.csv`: with the ends of the range, as far as the filters tell them. */
function fileName({ resource: { download } }: Compiled, where: readonly Predicate[]): string {
  const { name, time } = download!
  let from = ''
  let to = ''
  for (const predicate of where) {
    if (!('lookup' in predicate) || predicate.path !== time) continue
    const { lookup, value } = predicate
    const [low, high] = Array.isArray(value) ? (value as [string, string]) : [String(value), String(value)]
    if (['gt', 'gte', 'range', 'date', 'exact'].includes(lookup)) from = inName(low)
    if (['lt', 'lte', 'range', 'date', 'exact'].includes(lookup)) to = inName(high)
  }
  const range = from && to ? `_${from}_${to}` : from ? `_from_${from}` : to ? `_to_${to}` : ''
  return `${name}${range}.csv`
}

/** Midnight is told by its date; colons cannot stand in every system's file names. */
const inName = (time: string) => time.replace(/T00:00:00(\.0*)?Z$/, '').replaceAll(':', '-')
