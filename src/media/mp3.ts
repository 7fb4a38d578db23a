/**
 * MP3, told by its frames and as long as they are: they are counted, each by its header, so that it does not matter
 * whether the bit rate varies, what a Xing or VBRI header claims, or where the file was cut off.
 */
import type { Bytes } from './store.ts'

interface Frame {
  readonly bytes: number
  readonly seconds: number
  /** What all frames of a file have in common: version, layer and sample rate. */
  readonly kind: number
}

const ID3_HEADER = 10
/** Programs tag a file once or twice. */
const MOST_TAGS = 8
/** What may stand before the first frame, such as the rest of one that a stream was cut in. */
const MOST_JUNK = 4096
/** So many in a row are no accident. */
const SURE = 3
const WINDOW = 1 << 16
const FRAME_HEADER = 4

const VERSION_1_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const VERSION_2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
/** By the bits of the version: 2.5, none, 2, 1. */
const RATES = [[11025, 12000, 8000], [], [22050, 24000, 16000], [44100, 48000, 32000]]
const LAYER_III = 1

/** The seconds of an MP3 file; undefined: it is none. */
export async function readMp3(bytes: Bytes): Promise<number | undefined> {
  const window = new Window(bytes)
  const begin = await afterTags(window, bytes.size)
  const first = await firstFrame(window, begin, bytes.size)
  return first === undefined ? undefined : await lengthFrom(window, first, bytes.size)
}

/** Where ID3v2 tags end. They tell their length in four times seven bits. */
async function afterTags(window: Window, size: number): Promise<number> {
  let position = 0
  for (let tags = 0; tags < MOST_TAGS; tags += 1) {
    if (!window.holds(position, ID3_HEADER)) await window.load(position)
    const [head, at] = window.at(position)
    if (head.length - at < ID3_HEADER || head.toString('latin1', at, at + 3) !== 'ID3') break
    const length = [6, 7, 8, 9].reduce((sum, offset) => sum * 128 + (head[at + offset]! & 0x7f), 0)
    const footer = head[at + 5]! & 0x10 ? ID3_HEADER : 0
    position += ID3_HEADER + length + footer
  }
  return Math.min(position, size)
}

/** The first position from which frames follow each other; zeros before it are padding of the tag. */
async function firstFrame(window: Window, begin: number, size: number): Promise<number | undefined> {
  let junk = 0
  for (let position = begin; position + FRAME_HEADER <= size && junk <= MOST_JUNK; position += 1) {
    if (!window.holds(position, FRAME_HEADER)) await window.load(position)
    const [buffer, at] = window.at(position)
    if (buffer[at] !== 0) junk += 1
    if (buffer[at] === 0xff && (await isRow(window, position, size))) return position
  }
  return undefined
}

/** Whether frames stand in a row from here on: some, or all there are. */
async function isRow(window: Window, position: number, size: number): Promise<boolean> {
  let next = position
  let kind: number | undefined
  for (let count = 0; count < SURE; count += 1) {
    if (count > 0 && next === size) return true
    if (!window.holds(next, FRAME_HEADER)) await window.load(next)
    const [buffer, at] = window.at(next)
    const frame = readFrame(buffer, at)
    if (frame === undefined || (kind !== undefined && frame.kind !== kind)) return false
    kind = frame.kind
    next += frame.bytes
  }
  return true
}

/** The sum of all frames of the first one's kind; what stands between them is passed over, as players do. */
async function lengthFrom(window: Window, first: number, size: number): Promise<number> {
  let kind: number | undefined
  let seconds = 0
  let position = first
  while (position + FRAME_HEADER <= size) {
    if (!window.holds(position, FRAME_HEADER)) await window.load(position)
    const [buffer, at] = window.at(position)
    const frame = readFrame(buffer, at)
    kind ??= frame?.kind
    if (frame !== undefined && frame.kind === kind) {
      seconds += frame.seconds
      position += frame.bytes
    } else position += 1
  }
  return seconds
}

function readFrame(buffer: Buffer, at: number): Frame | undefined {
  if (at + FRAME_HEADER > buffer.length) return undefined
  const [sync, second, third] = [buffer[at]!, buffer[at + 1]!, buffer[at + 2]!]
  if (sync !== 0xff || (second & 0xe0) !== 0xe0 || ((second >> 1) & 3) !== LAYER_III) return undefined
  const version = (second >> 3) & 3
  const rate = RATES[version]![(third >> 2) & 3]
  const kbps = (version === 3 ? VERSION_1_KBPS : VERSION_2_KBPS)[third >> 4]
  if (!rate || !kbps) return undefined
  const samples = version === 3 ? 1152 : 576
  const padding = (third >> 1) & 1
  const length = Math.floor(((samples / 8) * kbps * 1000) / rate) + padding
  return { bytes: length, seconds: samples / rate, kind: version * 4 + ((third >> 2) & 3) }
}

/** A piece of the file at a time: it is never read whole. Waiting for each byte would take longer than reading. */
class Window {
  private readonly bytes: Bytes
  private buffer: Buffer = Buffer.alloc(0)
  private start = 0

  constructor(bytes: Bytes) {
    this.bytes = bytes
  }

  holds(position: number, length: number): boolean {
    return position >= this.start && position + length <= this.start + this.buffer.length
  }

  async load(position: number): Promise<void> {
    const read = await this.bytes.read(position, WINDOW)
    this.buffer = Buffer.from(read.buffer, read.byteOffset, read.byteLength)
    this.start = position
  }

  /** A buffer, and where the position is in it; where the file ends it ends early. */
  at(position: number): readonly [Buffer, number] {
    return [this.buffer, position - this.start]
  }
}
