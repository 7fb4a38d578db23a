/**
 * A text[] parameter as PostgreSQL's own bytes. pg sends arrays as text in which every quote and backslash is escaped,
 * and PostgreSQL takes that apart again character by character, which for long texts is work worth saving twice.
 */

const TEXT_TYPE = 25
const HEADER_BYTES = 20
const LENGTH_BYTES = 4
const NULL_LENGTH = -1

/** pg sends a buffer as it is; its parameter has to be a text[]. */
export function textArray(texts: readonly (string | null)[]): Buffer {
  const lengths = texts.map((text) => (text === null ? NULL_LENGTH : Buffer.byteLength(text)))
  const bytes = Buffer.allocUnsafe(
    lengths.reduce((sum, length) => sum + LENGTH_BYTES + Math.max(0, length), HEADER_BYTES),
  )
  // Dimensions, whether there are nulls, the type of elements; then of the only dimension its length and first index.
  const header = [1, Number(lengths.includes(NULL_LENGTH)), TEXT_TYPE, texts.length, 1]
  let at = 0
  for (const word of header) at = bytes.writeInt32BE(word, at)
  for (const [index, text] of texts.entries()) {
    at = bytes.writeInt32BE(lengths[index]!, at)
    if (text !== null) at += bytes.write(text, at)
  }
  return bytes
}
