/** Configuration documents, by the name that the switch asks for. */
import type { Answerer } from '../question.ts'

export const answerConfiguration: Answerer = async () => undefined
