/** The line ends of COPY's CSV, LF, into those of RFC 4180, CRLF; line breaks within quotes stay. Works by the chunk. */
export class CsvLines {
  /** Whether the last chunk ended within quotes. */
  private inside = false

  convert(chunk: Buffer): Buffer {
    // One character a byte: nothing of UTF-8's further bytes looks like a quote or a line end.
    const pieces = chunk.toString('latin1').split('"')
    const first = this.inside ? 1 : 0
    for (let index = first; index < pieces.length; index += 2) pieces[index] = pieces[index]!.replaceAll('\n', '\r\n')
    if (pieces.length % 2 === 0) this.inside = !this.inside
    return Buffer.from(pieces.join('"'), 'latin1')
  }
}
