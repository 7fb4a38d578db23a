/** The OpenAPI document at `/api/schema/` and a page to read and try it at `/api/docs/`, with no file from elsewhere. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { openApiDocument } from '../rest/openapi/document.ts'
import type { Schema } from '../rest/openapi/schemas.ts'
import type { Registry } from '../rest/registry.ts'

const VERSION = '0.1.0'

async function documentation(app: FastifyInstance): Promise<void> {
  const document = apiDocument(app.registry)
  const text = JSON.stringify(document)
  app.get('/api/schema/', { config: { access: 'public' } }, async (_request, reply) =>
    reply.type('application/vnd.oai.openapi+json; charset=utf-8').send(text),
  )
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' }
    })
    await scope.register(swagger, { mode: 'static', specification: { document: document as never } })
    await scope.register(swaggerUi, {
      routePrefix: '/api/docs/',
      // Everything comes from this server, which may well be reached over plain HTTP inside a network.
      staticCSP:
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'",
      theme: { title: 'pbx-api' },
      uiConfig: { persistAuthorization: true, tryItOutEnabled: true, docExpansion: 'none', layout: 'BaseLayout' },
    })
  })
}

/** The OpenAPI document of an API with these resources. */
export function apiDocument(registry: Registry): Record<string, unknown> {
  return openApiDocument(registry, {
    title: 'pbx-api',
    version: VERSION,
    description: 'A multi-tenant PBX on FreeSWITCH, compatible with the DjangoPBX API.',
    paths: PATHS,
    securitySchemes: SECURITY,
  })
}

/** Sign in with a user's name and password, or paste a token. */
const SECURITY: Record<string, Schema> = {
  password: {
    type: 'oauth2',
    description: 'Sign in with username and password; the client fields stay empty.',
    flows: { password: { tokenUrl: '/api-auth/login/', scopes: {} } },
  },
  token: { type: 'http', scheme: 'bearer', description: 'A token that you have.' },
}

const object = (properties: Schema): Schema => ({ type: 'object', properties })
const answer = (description: string, schema?: Schema): Schema => ({
  description,
  ...(schema && { content: { 'application/json': { schema } } }),
})
const error = (description: string): Schema => answer(description, { $ref: '#/components/schemas/Error' })

const USER = object({
  id: { type: 'integer' },
  username: { type: 'string' },
  groups: { type: 'array', items: { type: 'string' } },
  domain_id: { type: ['string', 'null'], format: 'uuid' },
})
const SIGNED_IN = object({
  token: { type: 'string' },
  expires_at: { type: ['string', 'null'], format: 'date-time' },
  user: USER,
})
const CREDENTIALS = {
  ...object({ username: { type: 'string' }, password: { type: 'string', format: 'password' } }),
  required: ['username', 'password'],
}
const tags = ['sign-in']

const PATHS: Record<string, Schema> = {
  '/api-auth/login/': {
    post: {
      tags,
      operationId: 'login',
      summary: 'A token for a username and a password',
      security: [],
      requestBody: { required: true, content: { 'application/json': { schema: CREDENTIALS } } },
      responses: {
        200: answer('The token; it is shown this once.', SIGNED_IN),
        400: error('A field is missing.'),
        401: error('The credentials are wrong, or the user is disabled.'),
        429: error('Too many failed attempts.'),
      },
    },
  },
  '/api-auth/logout/': {
    post: {
      tags,
      operationId: 'logout',
      summary: 'Ends the token used',
      responses: { 204: answer('It is revoked.'), 401: error('The token is not valid.') },
    },
  },
  '/api-auth/rotate/': {
    post: {
      tags,
      operationId: 'rotate',
      summary: 'A new token for the one used, which ends',
      responses: { 200: answer('The new token.', SIGNED_IN), 401: error('The token is not valid.') },
    },
  },
  '/api-auth/user/': {
    get: {
      tags,
      operationId: 'whoami',
      summary: 'Who the token is',
      responses: { 200: answer('The user.', USER), 401: error('The token is not valid.') },
    },
  },
  '/api/': {
    get: {
      tags: ['index'],
      operationId: 'index',
      summary: 'The collections you may list, name to URL',
      responses: {
        200: answer('The collections.', { type: 'object', additionalProperties: { type: 'string', format: 'uri' } }),
        401: error('There is no valid token.'),
      },
    },
  },
}

export default plugin(documentation, { name: 'documentation', dependencies: ['resources'] })
