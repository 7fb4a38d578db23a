/** What is taken for audio, and how long it is. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotAudio, readAudio } from '../../src/media/audio.ts'
import { chunk, id3, MP3_FRAME_SECONDS, mp3, wav } from '../support/audio.ts'

const read = (buffer: Buffer) =>
  readAudio({
    bytes: async () => ({
      size: buffer.length,
      read: async (position, length) => buffer.subarray(position, position + length),
      close: async () => {},
    }),
  })

describe('WAV', () => {
  it.each([
    ['PCM', 1],
    ['A-law', 6],
    ['µ-law', 7],
  ])('%s is as long as its audio', async (_name, tag) => {
    expect(await read(wav({ tag, seconds: 3 }))).toEqual({ type: 'audio/wav', extension: 'wav', seconds: 3 })
  })

  it('stereo at 48 kHz, with other chunks before the audio', async () => {
    const before = [chunk('LIST', Buffer.alloc(33)), chunk('fact', Buffer.alloc(4))]
    expect((await read(wav({ channels: 2, rate: 48_000, seconds: 2, before }))).seconds).toBe(2)
  })

  it('GSM 6.10, whose fact chunk nobody filled in', async () => {
    expect((await read(wav({ tag: 0x31, seconds: 4, before: [chunk('fact', Buffer.alloc(4))] }))).seconds).toBe(4)
  })

  it.each([0, 0xffffffff, 1_000_000_000])('the size %d of an unfinished recording is not believed', async (claimed) => {
    expect((await read(wav({ seconds: 2, claimed }))).seconds).toBe(2)
  })

  it('of one that is cut off what is there counts', async () => {
    expect((await read(wav({ seconds: 2 }).subarray(0, 44 + 16_000))).seconds).toBe(1)
  })

  it('an extensible format is what its GUID says', async () => {
    const format = Buffer.alloc(40)
    const plain = wav({ seconds: 1 })
    plain.copy(format, 0, 20, 36)
    format.writeUInt16LE(0xfffe, 0)
    format.writeUInt16LE(1, 24)
    const content = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('data', Buffer.alloc(16_000))])
    expect((await read(chunk('RIFF', content))).seconds).toBe(1)
  })

  it('another coding is told as such', async () => {
    await expect(read(wav({ tag: 0x55 }))).rejects.toThrow(/GSM 6.10/)
  })
})

describe('MP3', () => {
  it('of one bit rate, and of many, is as long as its frames', async () => {
    for (const kbps of [[128], [32, 320, 64]]) {
      const { type, extension, seconds } = await read(mp3(100, kbps))
      expect([type, extension]).toEqual(['audio/mpeg', 'mp3'])
      expect(seconds).toBeCloseTo(100 * MP3_FRAME_SECONDS, 6)
    }
  })

  it('behind tags, padding and the rest of a frame, and before a tag at the end', async () => {
    const noise = Buffer.from('the end of some frame')
    const file = Buffer.concat([
      id3(700, 0xff),
      id3(5),
      Buffer.alloc(9000),
      noise,
      mp3(40),
      Buffer.from('TAG'.padEnd(128)),
    ])
    expect((await read(file)).seconds).toBeCloseTo(40 * MP3_FRAME_SECONDS, 6)
  })

  it('of one that is cut off the last frame counts as it begins', async () => {
    const file = mp3(10)
    expect((await read(file.subarray(0, file.length - 300))).seconds).toBeCloseTo(10 * MP3_FRAME_SECONDS, 6)
  })

  it('of 50 MB of noise behind its frames is read soon', async () => {
    const file = Buffer.concat([mp3(4), Buffer.alloc(50_000_000, 0x55)])
    const before = performance.now()
    expect((await read(file)).seconds).toBeCloseTo(4 * MP3_FRAME_SECONDS, 6)
    expect(performance.now() - before).toBeLessThan(5000)
  })
})

it.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('<html>RIFF</html>')],
  ['zeros', Buffer.alloc(100_000)],
  ['0xff only', Buffer.alloc(100_000, 0xff)],
  ['RIFF of no WAVE', chunk('RIFF', Buffer.from('AVI LIST'))],
  ['a header and no more', wav().subarray(0, 12)],
  ['audio without a format', chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('data', Buffer.alloc(100))]))],
  ['empty chunks without end', chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), Buffer.alloc(5_000_000)]))],
  ['a sample rate of 0', wav({ rate: 0 })],
  ['an Ogg file', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(3000, 7)])],
])('%s is no audio', async (_what, bytes) => {
  await expect(read(bytes)).rejects.toThrow(NotAudio)
})

it('whatever the bytes are, they are refused or have a length that fits them', async () => {
  const seeds = [wav(), wav({ tag: 0x31 }), wav({ tag: 7, claimed: 0 }), Buffer.concat([id3(20), mp3(12, [128, 64])])]
  const change = fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 }))
  const cases = fc.record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(change, { maxLength: 12 }),
    cut: fc.option(fc.nat(2000)),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, changes, cut }) => {
      const bytes = Buffer.from(seed)
      for (const [at, value] of changes) bytes[at] = value
      const file = cut === null ? bytes : bytes.subarray(0, cut)
      const audio = await read(file).catch((error: unknown) => {
        expect(error).toBeInstanceOf(NotAudio)
        return undefined
      })
      if (audio) {
        expect(Number.isFinite(audio.seconds) && audio.seconds >= 0).toBe(true)
        expect(audio.seconds).toBeLessThanOrEqual(file.length * 320)
      }
    }),
    { numRuns: 300 },
  )
})
