/** The routes below /api-auth/: a password for a token, and what a token's holder may do with it (contract section 5). */
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import plugin from 'fastify-plugin'
import { z } from 'zod'
import type { Account } from '../auth/accounts.ts'
import { Attempts } from '../auth/attempts.ts'
import { findAccount, logIn, rotate, type SignedIn } from '../auth/login.ts'
import { findToken, revokeToken } from '../auth/tokens.ts'
import { type Caller, roleOf } from '../rest/caller.ts'
import { type FieldErrors, methodNotAllowed, notAuthenticated, ValidationError } from '../rest/errors.ts'
import { pythonType } from '../rest/values/identity.ts'
import type { RouteAccess } from './permissions.ts'

/** Usernames are no longer; what is typed beyond that takes no memory. */
const MAX_USERNAME = 150
const BODY_LIMIT_BYTES = 64 * 1024

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

async function signIn(app: FastifyInstance): Promise<void> {
  const { tokenTtlDays } = app.config
  const attempts = new Attempts({ failuresPerMinute: 10, atOnce: 2, waiting: 100 })

  endpoint(app, 'POST', '/api-auth/login/', 'public', async (request, reply) => {
    const { username, password, grant_type } = readCredentials(request.body)
    const key = `${request.ip} ${username.toLowerCase().slice(0, MAX_USERNAME)}`
    const signedIn = await attempts.run(key, () => logIn(app.pool, { username, password }, tokenTtlDays))
    if (!signedIn) throw notAuthenticated('Unable to log in with provided credentials.')
    reply.header('Cache-Control', 'no-store')
    return { ...tokenBody(signedIn), ...(grant_type === 'password' && oauthBody(signedIn)) }
  })

  endpoint(app, 'POST', '/api-auth/logout/', 'signed in', async (request, reply) => {
    await revokeToken(app.pool, callerOf(request).tokenId)
    await app.callers.settled()
    return reply.code(204).send()
  })

  endpoint(app, 'POST', '/api-auth/rotate/', 'signed in', async (request, reply) => {
    const signedIn = await rotate(app.pool, callerOf(request), tokenTtlDays)
    if (!signedIn) throw notAuthenticated('Invalid token.')
    await app.callers.settled()
    reply.header('Cache-Control', 'no-store')
    return tokenBody(signedIn)
  })

  endpoint(app, 'GET', '/api-auth/user/', 'signed in', async (request, reply) => {
    const { userId, tokenId } = callerOf(request)
    const [account, token] = await Promise.all([findAccount(app.pool, userId), findToken(app.pool, tokenId)])
    if (!account || !token) throw notAuthenticated('Invalid token.')
    reply.header('Cache-Control', 'no-store')
    return {
      ...userBody(account),
      role: roleOf(account.groups, account.isSuperuser),
      token: { name: token.name, created: time(token.created), expires_at: time(token.expires) },
    }
  })
}

/** A route, and 405 for the methods it does not have. */
function endpoint(app: FastifyInstance, method: 'GET' | 'POST', url: string, access: RouteAccess, handler: Handler) {
  const allow = method === 'GET' ? ['GET', 'HEAD', 'OPTIONS'] : ['POST', 'OPTIONS']
  const config = { access }
  app.route({ method, url, config, handler, bodyLimit: BODY_LIMIT_BYTES })
  app.route({
    method: 'OPTIONS',
    url,
    config,
    handler: (_request, reply) => reply.code(204).header('Allow', allow.join(', ')).send(),
  })
  const all: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  app.route({
    method: all.filter((other) => other !== method),
    url,
    config,
    handler: async (request) => {
      throw methodNotAllowed(request.method, allow)
    },
  })
}

/** The permissions hook has let nobody without a token this far. */
function callerOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw notAuthenticated()
  return caller
}

/** As DRF's character fields take them: numbers are text too. */
const text = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z
    .string({
      error: ({ input }) => {
        if (input === undefined) return 'This field is required.'
        return input === null ? 'This field may not be null.' : 'Not a valid string.'
      },
    })
    .refine((value) => !value.includes('\0'), 'Null characters are not allowed.'),
)
const filled = (value: string) => value !== ''
const credentials = z.object({
  username: text.transform((value) => value.trim()).refine(filled, 'This field may not be blank.'),
  password: text.refine(filled, 'This field may not be blank.'),
  grant_type: z.unknown().optional(),
})

function readCredentials(body: unknown): z.infer<typeof credentials> {
  if (body === null) throw new ValidationError({ non_field_errors: ['No data provided'] })
  if (Array.isArray(body) || !['object', 'undefined'].includes(typeof body)) {
    const sentence = `Invalid data. Expected a dictionary, but got ${pythonType(body)}.`
    throw new ValidationError({ non_field_errors: [sentence] })
  }
  const parsed = credentials.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  const fields: FieldErrors = {}
  for (const { path, message } of parsed.error.issues) {
    const name = String(path[0])
    fields[name] = [...(fields[name] ?? []), message]
  }
  throw new ValidationError(fields)
}

function tokenBody({ account, token }: SignedIn) {
  return { token: token.key, expires_at: time(token.expires), user: userBody(account) }
}

/** What an OAuth2 password flow, such as Swagger UI's, looks for. */
function oauthBody({ token }: SignedIn) {
  const expiresIn = token.expires && Math.floor((token.expires.getTime() - Date.now()) / 1000)
  return { access_token: token.key, token_type: 'Bearer', ...(expiresIn !== null && { expires_in: expiresIn }) }
}

function userBody({ userId, username, groups, domainId }: Account) {
  return { id: userId, username, groups, domain_id: domainId }
}

/** Without a fraction when there is none, as the API shows all times. */
function time(moment: Date | null): string | null {
  return moment?.toISOString().replace('.000Z', 'Z') ?? null
}

export default plugin(signIn, {
  name: 'sign-in',
  fastify: '5.x',
  dependencies: ['database', 'authentication', 'permissions'],
})
