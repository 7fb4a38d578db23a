/** Voicemail boxes, and what is left and played in them. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report } from '../../rest/asking.ts'
import type { Resource } from '../../rest/resource.ts'
import { choresOf } from './chores.ts'
import { Intake } from './intake/intake.ts'
import { findLinked, LINKS } from './mails/links.ts'
import { Outbox } from './mails/outbox.ts'
import { switchRoutesOf } from './switch-routes.ts'
import { voicemailDestinations } from './voicemail-destinations.ts'
import { voicemailGreetings } from './voicemail-greetings.ts'
import { voicemailMessages } from './voicemail-messages.ts'
import { voicemailOptions } from './voicemail-options.ts'
import { voicemails } from './voicemails.ts'

declare module '../../rest/services.ts' {
  interface Services {
    readonly voicemailMails: Outbox
    readonly voicemailIntake: Intake
  }
}

export const resources: readonly (Resource | Report)[] = [
  voicemails,
  voicemailMessages,
  voicemailGreetings,
  voicemailOptions,
  voicemailDestinations,
]

export default moduleOf('voicemail', resources, (config, { database, media }) => {
  const voicemailMails = new Outbox(database, media, config.publicUrl, config.timeZone)
  const intake = new Intake(database, media, config.media.fileBytes, voicemailMails.written)
  return {
    services: { voicemailMails, voicemailIntake: intake },
    chores: choresOf(database, voicemailMails),
    switchRoutes: switchRoutesOf(intake),
    linkedAudio: { [LINKS]: { name: 'message', find: (token) => findLinked(database, token) } },
    close: () => voicemailMails.close(),
  }
})
