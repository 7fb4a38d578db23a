/** Configuration documents, by the name that the switch asks for. */
import type { Answerer } from '../question.ts'
import { answerAccessLists } from './access-lists.ts'
import { answerCallCentre } from './call-centre.ts'
import { answerConference } from './conference.ts'
import { answerIvr } from './ivr.ts'
import { answerLocalStream } from './local-stream.ts'
import { answerSofia } from './sofia.ts'

const DOCUMENTS: Readonly<Record<string, Answerer>> = {
  'sofia.conf': answerSofia,
  'acl.conf': answerAccessLists,
  'ivr.conf': answerIvr,
  'callcenter.conf': answerCallCentre,
  'conference.conf': answerConference,
  'local_stream.conf': answerLocalStream,
}

/** Whatever else a switch asks for is in its own files. */
export const answerConfiguration: Answerer = async (question, database) => {
  const name = question.field('key_value')
  return Object.hasOwn(DOCUMENTS, name) ? DOCUMENTS[name]!(question, database) : undefined
}
