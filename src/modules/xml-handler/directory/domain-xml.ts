/** A domain of the switch's directory, and what stands in it. */
import { escapeXml } from '../../../freeswitch/xml/escape.ts'
import { element } from '../../../freeswitch/xml/write.ts'

/** A domain with users; `variables` are those of all of them. */
export function domainXml(name: string, groups: string, variables: readonly string[] = []): string {
  const parts = [PARAMS, ...(variables.length > 0 ? [element('variables', {}, variables)] : []), groups]
  return element('domain', { name, alias: true }, parts)
}

/** A domain in a list, by its name alone or with the users that matter there. */
export const plainDomainXml = (name: string, groups: readonly string[] = []): string =>
  element('domain', { name, alias: true }, groups)

/** Users as the directory nests them. */
export const usersXml = (users: readonly string[]): string =>
  element('groups', {}, [element('group', { name: 'default' }, [element('users', {}, users)])])

/** A parameter or a variable. */
export const pair = (tag: 'param' | 'variable', name: string, value: string): string =>
  `<${tag} name="${name}" value="${escapeXml(value)}"/>`

/** What telephones in browsers (mod_verto) may do. */
const PARAMS = element('params', {}, [
  pair('param', 'jsonrpc-allowed-methods', 'verto'),
  pair('param', 'jsonrpc-allowed-event-channels', 'demo,conference,presence'),
])
