import { ValidationError } from '../../../rest/errors.ts'
import type { Command } from '../../../rest/resource.ts'
import { quoted } from '../../../rest/values/parsed.ts'
import { defaultExtension } from './default-extension.ts'
import { destinationInput, hostInput } from './destination.ts'

/** Rings the caller's own telephone, then dials for it. */
export const clickToDial: Command = {
  path: 'clickdial',
  roles: ['admin_api', 'minor_admin_api', 'user_api'],
  summary: "Rings the caller's default extension, then dials a number from it",
  inputs: { dest: destinationInput, host: hostInput },
  answer: {
    type: 'object',
    properties: {
      status: { type: 'string' },
      dest: { type: 'string' },
      host: { type: 'string' },
      extension: { type: 'string' },
      call_uuid: { type: 'string', format: 'uuid' },
    },
  },
  async run(asked, inputs) {
    const { switches } = asked.services
    const found = await defaultExtension(asked)
    if (!found) throw new ValidationError({ non_field_errors: [NO_EXTENSION] })
    const { extension, domain } = found
    const host = (inputs.host as string | null | undefined) ?? domain.home_switch
    if (host !== domain.home_switch && !switches.has(host)) {
      throw new ValidationError({ host: [`There is no switch "${quoted(host)}".`] })
    }
    const context = extension.user_context || domain.name
    return switches.clickToDial({ extension, domain: domain.name, dest: inputs.dest as string, context, host })
  },
}

const NO_EXTENSION =
  'You have no default extension that is in use: one of yours must be marked default_user in extensionuser.'
