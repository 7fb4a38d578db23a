/** Audio made of bytes, small and of a length that is known. */

export interface WavOptions {
  readonly seconds?: number
  readonly rate?: number
  readonly channels?: number
  /** PCM 1, A-law 6, µ-law 7, GSM 0x31. */
  readonly tag?: number
  /** What the header says of the audio's size, when not the truth. */
  readonly claimed?: number
  /** Chunks before the audio. */
  readonly before?: readonly Buffer[]
  /** Sets one file's bytes apart from another's. */
  readonly fill?: number
}

export function chunk(id: string, content: Buffer, claimed = content.length): Buffer {
  const head = Buffer.alloc(8)
  head.write(id, 'latin1')
  head.writeUInt32LE(claimed, 4)
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
}

export function wav(options: WavOptions = {}): Buffer {
  const { seconds = 1, rate = 8000, channels = 1, tag = 1, before = [], fill = 1 } = options
  const bits = tag === 1 ? 16 : tag === 0x31 ? 0 : 8
  const block = tag === 0x31 ? 65 : (channels * bits) / 8
  const size = tag === 0x31 ? Math.round((seconds * rate) / 320) * 65 : seconds * rate * block
  const format = Buffer.alloc(16)
  format.writeUInt16LE(tag, 0)
  format.writeUInt16LE(channels, 2)
  format.writeUInt32LE(rate, 4)
  format.writeUInt32LE(rate * block, 8)
  format.writeUInt16LE(block, 12)
  format.writeUInt16LE(bits, 14)
  const claimed = options.claimed ?? size
  const parts = [chunk('fmt ', format), ...before, chunk('data', Buffer.alloc(size, fill), claimed)]
  const content = Buffer.concat([Buffer.from('WAVE'), ...parts])
  return chunk('RIFF', content, options.claimed ?? content.length)
}

/** Frames of MPEG 1, layer III, 44.1 kHz: each 1152 samples. `kbps` in turns. */
export function mp3(frames: number, kbps: readonly number[] = [128]): Buffer {
  const all = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
  return Buffer.concat(
    Array.from({ length: frames }, (_, index) => {
      const rate = kbps[index % kbps.length]!
      const frame = Buffer.alloc(Math.floor((144 * rate * 1000) / 44100))
      frame.set([0xff, 0xfb, all.indexOf(rate) << 4, 0xc0])
      return frame
    }),
  )
}

export const MP3_FRAME_SECONDS = 1152 / 44100

/** An ID3v2 tag with so many bytes in it. */
export function id3(length: number, fill = 0): Buffer {
  const head = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, (length >> 7) & 0x7f, length & 0x7f])
  return Buffer.concat([head, Buffer.alloc(length, fill)])
}
