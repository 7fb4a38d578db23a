/** Where switches ask: mod_xml_curl, with the section in the path or in the form. */
import { NOT_FOUND, type Section } from '../../freeswitch/xml/write.ts'
import type { SwitchAnswer, SwitchHandler } from '../../plugins/switch-routes.ts'
import type { Connection } from '../../rest/database.ts'
import { unavailable } from '../../rest/errors.ts'
import { type Answerer, readQuestion, SECTIONS } from './question.ts'

/**
 * The routes by path. They answer 200 with a document, `not found` where there is nothing, and 503 where it cannot be
 * said: then the switch asks its next server, and else goes by its own files.
 */
export function switchRoutesOf(
  answerers: Readonly<Record<Section, Answerer>>,
  database: Connection,
): Record<string, SwitchHandler> {
  const handlerOf =
    (section?: Section): SwitchHandler =>
    async ({ body, address }, log) => {
      const question = readQuestion(body, section)
      if (!question) return answer(NOT_FOUND)
      try {
        const body = (await answerers[question.section](question, database)) ?? NOT_FOUND
        if (body.length > MOST_BYTES) log.warn({ section: question.section, address }, TOO_LONG)
        return answer(body)
      } catch (error) {
        log.error({ err: error, section: question.section, address }, 'a question of a switch could not be answered')
        throw unavailable('The question cannot be answered now. Ask again.')
      }
    }
  const paths = SECTIONS.map((section) => [`/xmlhandler/${section}/`, handlerOf(section)] as const)
  return { '/xmlhandler/': handlerOf(), ...Object.fromEntries(paths) }
}

/** What mod_xml_curl reads of an answer (XML_CURL_MAX_BYTES). */
const MOST_BYTES = 2 ** 20
const TOO_LONG = 'an answer is longer than switches read, which is 1 MiB'

const answer = (body: string): SwitchAnswer => ({ status: 200, type: 'text/xml; charset=utf-8', body })
