/**
 * The header of a WAV file. What it claims is held against the bytes that are there: FreeSWITCH writes sizes when a
 * recording ends, so one that is cut off, or was streamed, says 0 or 0xFFFFFFFF.
 */
import type { Bytes } from './store.ts'

interface Format {
  readonly tag: number
  readonly channels: number
  readonly rate: number
  /** Bytes of one sample of all channels; of GSM, of two frames. */
  readonly block: number
  readonly bits: number
}

const PCM = 1
const FLOAT = 3
const A_LAW = 6
const U_LAW = 7
const GSM = 0x31
const EXTENSIBLE = 0xfffe
/** GSM 6.10 in WAV: 65 bytes are 320 samples. */
const GSM_BLOCK = { bytes: 65, samples: 320 }
const STREAMED = 0xffffffff
const CHUNK_HEADER = 8
/** No writer puts more before the audio; a file made of empty chunks is not read to its end. */
const MOST_CHUNKS = 256
const MOST_CHANNELS = 64

/** The seconds of a WAV file; undefined: it is none. */
export async function readWav(bytes: Bytes): Promise<number | 'unknown coding' | undefined> {
  const head = viewOf(await bytes.read(0, 12))
  if (head.byteLength < 12 || !['RIFF', 'RF64'].includes(text(head, 0)) || text(head, 8) !== 'WAVE') return undefined
  let format: Format | undefined
  let position = 12
  let longSize: number | undefined
  for (let chunk = 0; chunk < MOST_CHUNKS && position + CHUNK_HEADER <= bytes.size; chunk += 1) {
    const header = viewOf(await bytes.read(position, CHUNK_HEADER))
    if (header.byteLength < CHUNK_HEADER) return undefined
    const [id, size] = [text(header, 0), header.getUint32(4, true)]
    position += CHUNK_HEADER
    if (id === 'fmt ') format = readFormat(viewOf(await bytes.read(position, Math.min(size, 40))))
    if (id === 'ds64') longSize = readLongSize(viewOf(await bytes.read(position, Math.min(size, 16))))
    if (id === 'data') return format && secondsOf(format, dataSize(bytes, position, size, longSize))
    position += size + (size % 2)
  }
  return undefined
}

function readFormat(view: DataView): Format | undefined {
  if (view.byteLength < 16) return undefined
  const tag = view.getUint16(0, true)
  return {
    // The coding of an extensible format stands at the head of a GUID.
    tag: tag === EXTENSIBLE && view.byteLength >= 26 ? view.getUint16(24, true) : tag,
    channels: view.getUint16(2, true),
    rate: view.getUint32(4, true),
    block: view.getUint16(12, true),
    bits: view.getUint16(14, true),
  }
}

/** RF64 has sizes of 64 bits: that of the file, then that of the audio. */
const readLongSize = (view: DataView): number | undefined =>
  view.byteLength < 16 ? undefined : Number(view.getBigUint64(8, true))

/** The bytes of audio that there are. */
function dataSize(bytes: Bytes, position: number, claimed: number, long: number | undefined): number {
  const there = Math.max(0, bytes.size - position)
  if (claimed === STREAMED && long !== undefined) return Math.min(long, there)
  return claimed === 0 || claimed === STREAMED ? there : Math.min(claimed, there)
}

function secondsOf(format: Format, size: number): number | 'unknown coding' | undefined {
  const { tag, channels, rate, block, bits } = format
  if (rate === 0 || channels === 0 || channels > MOST_CHANNELS) return undefined
  if (tag === GSM) {
    return block === GSM_BLOCK.bytes ? (Math.floor(size / block) * GSM_BLOCK.samples) / rate : undefined
  }
  if (![PCM, FLOAT, A_LAW, U_LAW].includes(tag)) return 'unknown coding'
  if (bits === 0 || block !== channels * Math.ceil(bits / 8)) return undefined
  return size / block / rate
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const text = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)))
