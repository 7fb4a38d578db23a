/** Percent-encoding as FreeSWITCH writes it. */

/** Decoded once. Escapes that are none stay as they are; bytes that are no UTF-8 become U+FFFD. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return leniently(text)
  }
}

const PERCENT = 0x25

function leniently(text: string): string {
  const bytes = Buffer.from(text, 'utf8')
  let length = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!
    const escaped = byte === PERCENT ? 16 * digit(bytes[at + 1]) + digit(bytes[at + 2]) : Number.NaN
    if (!Number.isNaN(escaped)) at += 2
    // What is decoded is never longer than its escapes, so the same buffer holds it.
    bytes[length] = Number.isNaN(escaped) ? byte : escaped
    length += 1
  }
  return bytes.toString('utf8', 0, length)
}

/** The value of a hexadecimal digit, NaN for anything else. */
function digit(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN
}
