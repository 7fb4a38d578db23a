/** The OpenAPI 3.1 document of the API, from the registry of its resources. */
import type { Compiled, Registry } from '../registry.ts'
import { PARAMETERS } from './parameters.ts'
import { schemaName } from './parts.ts'
import { reportPath, resourcePaths } from './paths.ts'
import { inputSchema, rowSchema, type Schema } from './schemas.ts'

export interface Description {
  readonly title: string
  readonly version: string
  readonly description: string
  /** Paths of routes that belong to no resource. */
  readonly paths: Readonly<Record<string, Schema>>
  readonly securitySchemes: Readonly<Record<string, Schema>>
}

/** The document; its content depends on the definitions only, so that it can be committed and compared. */
export function openApiDocument(registry: Registry, description: Description): Record<string, unknown> {
  const { title, version, securitySchemes } = description
  const resources = registry.all()
  const reports = registry.reports()
  const parts = [...resources.map(resourcePaths), ...reports.map(reportPath)]
  const paths = Object.assign({}, description.paths, ...parts) as Record<string, Schema>
  return {
    openapi: '3.1.0',
    info: { title, version, description: description.description },
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    tags: [
      ...resources.map(({ resource, model }) => ({ name: resource.path, description: model.description })),
      ...reports.map(({ path, summary }) => ({ name: path, description: summary })),
    ],
    paths,
    components: {
      securitySchemes,
      parameters: PARAMETERS,
      schemas: { Error: ERROR, ...Object.assign({}, ...resources.map(schemasOf)) },
    },
  }
}

const SENTENCES: Schema = { type: 'array', items: { type: 'string' } }
const ERROR: Schema = {
  type: 'object',
  required: ['error', 'message', 'detail'],
  properties: {
    error: { type: 'integer', description: 'The status.' },
    message: { type: 'string', description: "The status's reason phrase." },
    detail: {
      description:
        'A sentence, or for a validation error the sentences of each field; those are at the top level too. For a list, the sentences of each field of each item at fault, by its place from 0: {"0": {"extension": ["…"]}}.',
      oneOf: [
        { type: 'string' },
        { type: 'object', additionalProperties: SENTENCES },
        { type: 'object', additionalProperties: { type: 'object', additionalProperties: SENTENCES } },
      ],
    },
  },
}

function schemasOf(compiled: Compiled): Record<string, Schema> {
  const name = schemaName(compiled)
  const list = {
    type: 'object',
    required: ['count', 'next', 'previous', 'results'],
    properties: {
      count: { type: ['integer', 'null'] },
      next: { type: ['string', 'null'], format: 'uri' },
      previous: { type: ['string', 'null'], format: 'uri' },
      results: { type: 'array', items: { $ref: `#/components/schemas/${name}` } },
    },
  }
  return {
    [name]: rowSchema(compiled),
    [`${name}Input`]: inputSchema(compiled, 'create'),
    [`${name}Patch`]: inputSchema(compiled, 'update'),
    [`${name}List`]: list,
  }
}
