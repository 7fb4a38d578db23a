import { domain as domainOf, user as userOf } from './arguments.ts'
import { quick, slow } from './command.ts'

/** What the switch has read of users, access lists and its configuration, and reads again. */
export const directoryCommands = {
  flushUser: (user: string, domain: string) => quick('xml_flush_cache', 'id', userOf(user), domainOf(domain)),
  flushAllUsers: () => quick('xml_flush_cache'),
  reloadXml: () => slow('reloadxml'),
  reloadAcl: () => slow('reloadacl'),
}
