/** Text for headers and lines of a mail, which other people had a hand in. */

/** On one line, of characters that are seen: a line's end in a header would begin another header. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}
