/** Tells audio by its bytes: neither a file's name nor what it is declared to be says what it is. */
import { readMp3 } from './mp3.ts'
import type { Bytes, Draft } from './store.ts'
import type { Audio } from './upload.ts'
import { readWav } from './wav.ts'

/** The bytes are no audio that is taken; the message is for the caller. */
export class NotAudio extends Error {}

/** Reads what a file is; one that is no WAV or MP3 is a {@link NotAudio}. */
export async function readAudio(draft: Pick<Draft, 'bytes'>): Promise<Audio> {
  const bytes = await draft.bytes()
  try {
    return await audioOf(bytes)
  } finally {
    await bytes.close()
  }
}

async function audioOf(bytes: Bytes): Promise<Audio> {
  const wav = await readWav(bytes)
  if (wav === 'unknown coding') {
    throw new NotAudio(
      'Upload a WAV file of PCM, A-law, µ-law or GSM 6.10 audio, or an MP3 file: this WAV has another.',
    )
  }
  if (wav !== undefined) return { type: 'audio/wav', extension: 'wav', seconds: wav }
  const mp3 = await readMp3(bytes)
  if (mp3 !== undefined) return { type: 'audio/mpeg', extension: 'mp3', seconds: mp3 }
  throw new NotAudio('Upload a WAV or MP3 file: this is neither, or it is damaged.')
}
