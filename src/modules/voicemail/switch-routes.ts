/** Where switches post the messages that callers left. */
import type { SwitchHandler } from '../../plugins/switch-routes.ts'
import { ApiError, unavailable } from '../../rest/errors.ts'
import type { Intake } from './intake/intake.ts'
import { readPosted } from './intake/posted.ts'

/** The route answers 200 once a message is kept, 503 where it cannot be now, and else what is wrong with it. */
export function switchRoutesOf(intake: Intake): Record<string, SwitchHandler> {
  const handle: SwitchHandler = async (request, log) => {
    try {
      const id = await intake.take(await readPosted(request))
      return { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify({ id }) }
    } catch (error) {
      const { address } = request
      if (error instanceof ApiError) {
        log.warn({ address, reason: error.message }, 'a voicemail message was refused')
        throw error
      }
      log.error({ err: error, address }, 'a voicemail message could not be kept')
      throw unavailable('The message could not be kept now. Send it again.')
    }
  }
  return { '/voicemail/': handle }
}
