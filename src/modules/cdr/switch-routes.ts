/** Where switches post call records: mod_xml_cdr, also as DjangoPBX configures it, and mod_json_cdr. */
import type { SwitchHandler } from '../../plugins/switch-routes.ts'
import { unavailable } from '../../rest/errors.ts'
import type { Intake } from './intake/intake.ts'

const PATHS = ['/xmlcdr/', '/xmlcdr/xml_cdr_import/', '/xmlcdr/xml_cdr_import/*', '/jsoncdr/']

/** The routes by path. They answer 200 once a record is kept, and 503 where it cannot be: then the switch keeps it. */
export function switchRoutesOf(intake: Intake): Record<string, SwitchHandler> {
  const handle: SwitchHandler = async ({ body, contentType, query, address }, log) => {
    const uuid = query.get('uuid')
    try {
      const outcome = await intake.take({ body, contentType, uuid, source: address })
      if (outcome.kind === 'refused') log.warn({ uuid, address, reason: outcome.reason }, 'a call record was rejected')
    } catch (error) {
      log.error({ err: error, uuid, address }, 'a call record could not be kept')
      throw unavailable('The call record could not be kept now. Send it again.')
    }
    return { status: 200, body: '' }
  }
  return Object.fromEntries(PATHS.map((path) => [path, handle]))
}
