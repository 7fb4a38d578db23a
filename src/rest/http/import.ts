/**
 * `POST …/import/`: a CSV file, as the body or as the field `file` of a form, each of whose lines becomes a row. All or
 * none; with `partial=true` what can be, and with `dry_run=true` nothing is written, and all is told the same. Errors
 * come with their line and column ({@link LinesError}).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, ItemsError, type LineError, LinesError, unsupportedMediaType } from '../errors.ts'
import { viewFor } from '../read/plan.ts'
import { readQuery } from '../read/query.ts'
import { type Compiled, rolesWith } from '../registry.ts'
import { createMany, type Keep, type Outcome } from '../write/many.ts'
import { flagIn, LONGER_BODY, refuseParameters } from './bulk.ts'
import { readHeader } from './import-columns.ts'
import { negotiate } from './negotiate.ts'
import { asked, type Host, writer } from './request.ts'
import { route } from './route.ts'
import { type Line, readTable } from './table.ts'

/** No reader goes through more. */
const MOST_ERRORS_TOLD = 1000

/** Adds the route, before those of rows: no row's id is `import`. */
export function addImport(app: FastifyInstance, host: Host, compiled: Compiled): void {
  const roles = rolesWith(compiled, 'create')
  if (roles.length === 0) return
  const bodyLimit = app.initialConfig.bodyLimit! * LONGER_BODY
  route(app, `/api/${compiled.resource.path}/import/`, roles, {
    POST: { roles, bodyLimit, takesTable: true, handle: importHandler(host, compiled) },
  })
}

function importHandler(host: Host, compiled: Compiled) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const about = asked(host, request, reply)
    const query = readQuery(request.url)
    negotiate(query, request.headers.accept)
    refuseParameters(query, about.prefer.strict, ['partial', 'dry_run', 'format'])
    const [partial, dryRun] = [flagIn(query, 'partial'), flagIn(query, 'dry_run')]
    const { header, lines } = await readTable(tableOf(request))
    const read = readHeader(compiled, viewFor(compiled, about.caller, 'create'), header)
    const ragged = lines.filter(({ cells }) => cells.length !== header.cells.length)
    const whole = lines.filter(({ cells }) => cells.length === header.cells.length)
    const inputs = whole.map((line) => ({ body: read(line), form: false, strict: about.prefer.strict }))
    // The lines that are whole are told of as well, and none of them is written.
    const keep: Keep = dryRun || (ragged.length > 0 && !partial) ? 'nothing' : partial ? 'what can be' : 'all or none'
    const { outcomes, errors } = await created(() => createMany(writer(host, about), compiled, inputs, keep), whole)
    const all = [...ragged.map((line) => raggedError(line, header)), ...errors].sort((a, b) => a.line - b.line)
    if (all.length > 0 && !partial) throw refusal(all, lines.length)
    const steps = outcomes.flatMap((outcome) => ('step' in outcome ? [outcome.step] : []))
    return reply.code(dryRun ? 200 : partial ? 207 : 201).send({
      dry_run: dryRun,
      lines: lines.length,
      created: steps.length,
      failed: lines.length - steps.length,
      ids: dryRun ? [] : steps.map(({ row }) => (row as Record<string, unknown>)[compiled.model.primaryKey.name]),
      errors: all.slice(0, MOST_ERRORS_TOLD),
    })
  }
}

function tableOf(request: FastifyRequest): Buffer {
  if (request.table) return request.table
  const type = request.headers['content-type']
  if (type !== undefined && !request.isForm) throw unsupportedMediaType(type)
  throw badRequest('There is no file. Send CSV as the body, as text/csv, or as the field file of a form.')
}

/** What became of the lines, also where one of them was in the way of all. */
async function created(
  work: () => Promise<Outcome[]>,
  lines: readonly Line[],
): Promise<{ outcomes: Outcome[]; errors: LineError[] }> {
  try {
    const outcomes = await work()
    const refused = outcomes.flatMap((outcome, at) =>
      'refused' in outcome ? [[at, outcome.refused.errors] as const] : [],
    )
    return { outcomes, errors: refused.flatMap(([at, fields]) => errorsOf(lines[at]!, fields)) }
  } catch (error) {
    if (!(error instanceof ItemsError)) throw error
    const items = Object.entries(error.items)
    return { outcomes: [], errors: items.flatMap(([at, fields]) => errorsOf(lines[Number(at)]!, fields)) }
  }
}

const errorsOf = ({ number }: Line, fields: Readonly<Record<string, readonly string[]>>): LineError[] =>
  Object.entries(fields).flatMap(([name, sentences]) => {
    const column = name === 'non_field_errors' ? null : name
    return sentences.map((message) => ({ line: number, column, message }))
  })

function raggedError({ number, cells }: Line, header: Line): LineError {
  const message = `This line has ${countOf(cells.length, 'cell')}, the first line ${header.cells.length}.`
  return { line: number, column: null, message }
}

function refusal(errors: readonly LineError[], lines: number): LinesError {
  const wrong = new Set(errors.map(({ line }) => line)).size
  const told = errors.length > MOST_ERRORS_TOLD ? ` The first ${MOST_ERRORS_TOLD} errors are told.` : ''
  const detail = `${wrong} of ${countOf(lines, 'line')} cannot be imported. Nothing was written.${told}`
  return new LinesError(detail, errors.slice(0, MOST_ERRORS_TOLD))
}

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
