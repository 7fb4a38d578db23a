/** acl.conf: the access lists of the switches. */
import { element } from '../../../freeswitch/xml/write.ts'
import type { Row } from '../../../rest/model/model.ts'
import type { Answerer } from '../question.ts'
import { configuration, readJson } from './document.ts'

interface List {
  readonly name: string
  readonly default: string
  readonly nodes: readonly Pick<Row<'AccessControlNode'>, 'type' | 'cidr' | 'domain'>[]
}

/** Asked for when the switch starts, and with reloadacl. */
export const answerAccessLists: Answerer = async (_question, database) => {
  const lists = await readJson<readonly List[]>(database, { text: LISTS, values: [] })
  if (lists.length === 0) return undefined
  return configuration('acl.conf', 'Network Lists', [element('network-lists', {}, lists.map(listElement))])
}

function listElement({ name, default: unnamed, nodes }: List): string {
  const children = nodes.map(({ type, cidr, domain }) =>
    element('node', { type, cidr: cidr || undefined, domain: cidr ? undefined : domain }),
  )
  return element('list', { name, default: unnamed }, children)
}

/**
 * The list called domains follows the tenants: the switch asks the directory for the users of each domain there, and lets
 * in where they are. Those whose users have no network are not asked for.
 */
const LISTS = `
  SELECT coalesce(json_agg(l ORDER BY l."name"), '[]')::text FROM (
    SELECT a."name", a."default", (
      SELECT coalesce(json_agg(n ORDER BY n."place", n."cidr", n."domain"), '[]') FROM (
        SELECT 1 AS "place", n."type", n."cidr", n."domain" FROM "access_control_nodes" n
        WHERE n."access_control_id" = a."id"
        UNION ALL
        SELECT 2, 'allow', NULL, d."name" FROM "domains" d
        WHERE a."name" = 'domains' AND d."enabled"
          AND EXISTS (SELECT FROM "extensions" e WHERE e."domain_id" = d."id" AND e."enabled" AND e."cidr" <> '')
          AND NOT EXISTS (SELECT FROM "access_control_nodes" n
            WHERE n."access_control_id" = a."id" AND n."domain" = d."name")) n) AS "nodes"
    FROM "access_controls" a) l`
