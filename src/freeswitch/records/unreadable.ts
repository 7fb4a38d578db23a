/** What came is no call record. The message is one sentence for an administrator, without what the record says. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord'
}
