/** What actions, reports and commands share: parameters in, a value out, as JSON or as the picture of it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ActionContext, Asking } from '../asking.ts'
import { ValidationError } from '../errors.ts'
import { rowsFor } from '../read/plan.ts'
import { addError, readQuery } from '../read/query.ts'
import type { Registry } from '../registry.ts'
import { negotiate } from './negotiate.ts'
import { indented, JSON_TYPE } from './renderers/json.ts'
import { type Asked, asked, type Host } from './request.ts'

export const SVG_TYPE = 'image/svg+xml; charset=utf-8'
/** A picture opened by itself is a document: it may style itself, and nothing else. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** Answers a request for an action, a report or a command. `run` gets what was asked; its value is what is sent. */
export async function answerAsking(
  host: Host,
  registry: Registry,
  asking: Asking,
  request: FastifyRequest,
  reply: FastifyReply,
  run: (context: ActionContext, about: Asked) => Promise<unknown>,
): Promise<unknown> {
  const about = asked(host, request, reply)
  const form = asking.svg && negotiate(readQuery(request.url), request.headers.accept, ['json', 'svg'])
  const context = contextOf(host, registry, asking, request, about)
  const answer = await run(context, about)
  if (form?.format === 'svg') {
    const picture = await asking.svg!(answer, context)
    return reply.type(SVG_TYPE).header('Content-Security-Policy', SVG_POLICY).send(picture)
  }
  if (!form?.indent) return answer
  return reply.type(JSON_TYPE).send(indented(JSON.stringify(answer), form.indent))
}

/** What is asked, with its parameters read. `own` are other parameters that the engine itself reads. */
export function contextOf(
  host: Host,
  registry: Registry,
  asking: Asking,
  request: FastifyRequest,
  { caller, prefer }: Asked,
  own: readonly string[] = asking.svg ? ['format'] : [],
): ActionContext {
  const query = readParameters(asking, request.url, prefer.strict, own)
  return {
    caller,
    services: host.services,
    query,
    timeZone: registry.timeZone,
    rows: (path) => rowsFor(registry.at(path), caller, 'list'),
    change: () => {
      throw new Error('only an action on a row changes one')
    },
  }
}

/** Empty is as good as absent, as it is for filters. What is not known is ignored, unless the caller is strict. */
function readParameters(asking: Asking, url: string, strict: boolean, own: readonly string[]): Record<string, unknown> {
  const given = [...readQuery(url)].filter(([, value]) => value !== '')
  const errors = {}
  if (strict) {
    for (const [name] of given) {
      const known = name in (asking.query?.shape ?? {}) || own.includes(name)
      if (!known) addError(errors, name, 'Unknown query parameter.')
    }
  }
  const result = asking.query?.safeParse(Object.fromEntries(given))
  for (const issue of result?.error?.issues ?? []) {
    addError(errors, String(issue.path[0] ?? 'non_field_errors'), issue.message)
  }
  if (Object.keys(errors).length > 0) throw new ValidationError(errors)
  return result?.data ?? {}
}
