/** Voicemail boxes, and what is left and played in them. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report, Resource } from '../../rest/resource.ts'
import { voicemailDestinations } from './voicemail-destinations.ts'
import { voicemailGreetings } from './voicemail-greetings.ts'
import { voicemailMessages } from './voicemail-messages.ts'
import { voicemailOptions } from './voicemail-options.ts'
import { voicemails } from './voicemails.ts'

export const resources: readonly (Resource | Report)[] = [
  voicemails,
  voicemailMessages,
  voicemailGreetings,
  voicemailOptions,
  voicemailDestinations,
]

export default moduleOf('voicemail', resources)
