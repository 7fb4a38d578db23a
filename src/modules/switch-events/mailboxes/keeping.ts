/** Keeps messages of a switch's mailboxes here, with their audio where it can be reached. */
import type { SwitchStorage } from '../../../config/switch-storage.ts'
import { ApiError } from '../../../rest/errors.ts'
import type { Intake } from '../../voicemail/intake/intake.ts'
import type { Left } from './left.ts'
import { openMessage } from './storage.ts'

export interface Keeping {
  readonly switchName: string
  readonly intake: Intake
  readonly folders: readonly SwitchStorage[]
  readonly log: { warn(details: object, message: string): void }
}

/** Keeps a message; one of a box that is not here, or takes none, is passed over. */
export async function keepMessage(keeping: Keeping, left: Left): Promise<void> {
  const { switchName, intake, folders, log } = keeping
  const { mailbox, path } = left.held
  try {
    const audio = await openMessage(folders, switchName, mailbox, path)
    try {
      await intake.take({ ...left, audio })
    } catch (error) {
      // What is in the file is no audio that is taken, or too much of it: the switch has it.
      if (audio === undefined || !(error instanceof ApiError) || error.status === 404) throw error
      log.warn({ switch: switchName, path, reason: error.message }, 'the audio of a voicemail message cannot be copied')
      await intake.take({ ...left, audio: undefined })
    } finally {
      audio?.destroy()
    }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    log.warn({ switch: switchName, mailbox, reason: error.message }, 'a message on a switch is in no box of ours')
  }
}

/** Copies the audio of a message that is here already, where it can be reached now. */
export async function completeMessage(
  { switchName, intake, folders, log }: Keeping,
  message: { readonly id: string; readonly tenant: string | null; readonly mailbox: string; readonly path: string },
): Promise<void> {
  const { id, tenant, mailbox, path } = message
  if (tenant === null) return
  const audio = await openMessage(folders, switchName, mailbox, path)
  if (!audio) return
  try {
    await intake.complete(id, tenant, audio)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    log.warn({ switch: switchName, path, reason: error.message }, 'the audio of a voicemail message cannot be copied')
  } finally {
    audio.destroy()
  }
}
