/** local_stream.conf: the music on hold. */
import { element } from '../../../freeswitch/xml/write.ts'
import type { Row } from '../../../rest/model/model.ts'
import type { Answerer } from '../question.ts'
import { configuration, param, readJson } from './document.ts'
import { type Resolve, resolverOf, variablesJson } from './variables.ts'

type Music = Row<'MusicOnHold'> & {
  readonly domain_name: string | null
  /** Whether it has the lowest rate of its name. */
  readonly lowest: boolean
}

interface Read {
  readonly music: readonly Music[]
  readonly variables: readonly (readonly [string, string])[]
}

/** Asked for when mod_local_stream loads, which it does not without. */
export const answerLocalStream: Answerer = async ({ hostname }, database) => {
  const { music, variables } = await readJson<Read>(database, { text: MUSIC, values: [hostname] })
  const resolve = resolverOf(variables)
  const directories = music.map((one) => directory(one, resolve))
  return configuration('local_stream.conf', 'Stream files from local directories', directories)
}

/**
 * A call of 16,000 samples a second is given `NAME/16000` where there is one, and else `NAME`: so the lowest rate has the
 * plain name, and the others have theirs after it.
 */
function directory(music: Music, resolve: Resolve): string {
  const { domain_name, name, rate, lowest } = music
  const plain = domain_name === null ? name : `${domain_name}/${name}`
  return element('directory', { name: lowest ? plain : `${plain}/${rate}`, path: resolve(music.path) }, [
    ...param('rate', rate),
    ...param('shuffle', music.shuffle),
    ...param('channels', music.channels),
    ...param('interval', music.interval),
    ...param('timer-name', music.timer_name),
    ...param('chime-list', music.chime_list),
    ...param('chime-freq', music.chime_freq),
    ...param('chime-max', music.chime_max),
  ])
}

const MUSIC = `
  SELECT json_build_object(
    'variables', ${variablesJson('$1')},
    'music', (SELECT coalesce(json_agg(m ORDER BY m."domain_name" NULLS FIRST, m."name", m."rate", m."id"), '[]') FROM (
      SELECT m.*, d."name" AS "domain_name",
        row_number() OVER (PARTITION BY m."domain_id", m."name" ORDER BY m."rate", m."id") = 1 AS "lowest"
      FROM "music_on_hold" m LEFT JOIN "domains" d ON d."id" = m."domain_id"
      WHERE d."enabled" IS NOT FALSE) m))::text`
