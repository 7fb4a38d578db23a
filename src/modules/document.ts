/** The OpenAPI document of all modules, from their definitions alone: no database, no server. */
import { apiDocument } from '../plugins/documentation.ts'
import { Registry } from '../rest/registry.ts'
import { resources as accounts } from './accounts/index.ts'
import { resources as tenants } from './tenants/index.ts'

/** The document as `openapi.json` holds it. */
export function documentText(): string {
  const registry = new Registry('UTC')
  for (const resource of [...tenants, ...accounts]) registry.add(resource)
  return `${JSON.stringify(apiDocument(registry.all()), null, 2)}\n`
}
