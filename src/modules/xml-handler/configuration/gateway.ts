/** A gateway in the words of mod_sofia, which knows it by its id. */
import { element } from '../../../freeswitch/xml/write.ts'
import type { Row } from '../../../rest/model/model.ts'
import { param } from './document.ts'

export type GatewayRow = Row<'Gateway'> & {
  /** Its context is named after another tenant. */
  readonly foreign_context: boolean
}

export function gatewayElement(gateway: GatewayRow): string {
  const params = [
    ...param('username', gateway.username),
    ...param('distinct-to', gateway.distinct_to),
    ...param('auth-username', gateway.auth_username),
    ...param('password', gateway.password),
    ...param('realm', gateway.realm),
    ...param('from-user', gateway.from_user),
    ...param('from-domain', gateway.from_domain),
    ...param('proxy', gateway.proxy),
    ...param('register-proxy', gateway.register_proxy),
    ...param('outbound-proxy', gateway.outbound_proxy),
    ...param('expire-seconds', gateway.expire_seconds),
    ...param('register', gateway.register),
    ...param('register-transport', gateway.register_transport),
    ...param('retry-seconds', gateway.retry_seconds),
    ...param('extension', gateway.extension),
    ...param('ping', gateway.ping),
    ...param('caller-id-in-from', gateway.caller_id_in_from),
    ...param('extension-in-contact', gateway.extension_in_contact),
    ...param('context', gateway.foreign_context ? 'public' : gateway.context),
  ]
  return element('gateway', { name: gateway.id }, [...params, element('variables', {}, variablesOf(gateway))])
}

/** What mod_sofia takes from a call's variables, not from the gateway's params. */
function variablesOf({ supress_cng, sip_cid_type, codec_prefs }: GatewayRow): string[] {
  const values = { suppress_cng: supress_cng, sip_cid_type, absolute_codec_string: codec_prefs }
  return Object.entries(values).flatMap(([name, value]) =>
    value ? [element('variable', { name, value, direction: 'outbound' })] : [],
  )
}
