/** The OpenAPI document of all modules, from their definitions alone: no database, no server. */
import { apiDocument } from '../plugins/documentation.ts'
import { Registry } from '../rest/registry.ts'
import { resources as accounts } from './accounts/index.ts'
import { resources as cdr } from './cdr/index.ts'
import { resources as dialplans } from './dialplans/index.ts'
import { resources as events } from './events/index.ts'
import { resources as other } from './other/index.ts'
import { resources as tenants } from './tenants/index.ts'
import { resources as voicemail } from './voicemail/index.ts'

/** The document as `openapi.json` holds it. */
export function documentText(): string {
  const registry = new Registry('UTC')
  for (const one of [...tenants, ...accounts, ...cdr, ...voicemail, ...dialplans, ...other, ...events]) {
    if ('model' in one) registry.add(one)
    else registry.addReport(one)
  }
  return `${JSON.stringify(apiDocument(registry), null, 2)}\n`
}
