/** The telephone switches of this server: each has a link for commands, and streams of events for those who listen. */
import type { Command } from './commands.ts'

/** connecting: also after it was lost. refused: wrong password, or the switch takes no connections from here. */
export type LinkState = 'connected' | 'connecting' | 'refused'

export interface SwitchLink {
  readonly name: string
  /** Where it is: host and port. */
  readonly address: string
  readonly state: LinkState
  /**
   * The reply's body, trimmed. Throws SwitchRefusal when the switch says no, SwitchUnreachable when it is not
   * connected, SwitchTimeout when it does not reply in time. `taken` is called when the switch has begun with a command
   * in the background, whose reply comes with its end.
   */
  send(command: Command, taken?: () => void): Promise<string>
}

/** What to hear of: `CHANNEL_ANSWER`, and of CUSTOM events those of these subclasses, such as `sofia::register`. */
export interface Subscription {
  readonly events: readonly string[]
  readonly subclasses: readonly string[]
}

export interface EventHandlers {
  /** The headers, decoded. Events wait for a promise that it returns, and those that cannot wait are shed. */
  onEvent(headers: Readonly<Record<string, string>>, body?: string): void | Promise<void>
  /** The switch is subscribed to, at first or again: what happened before was not heard. */
  onUp(): void
  onDown(): void
}

export interface EventStream {
  close(): Promise<void>
  /** Events that were dropped, since those before them were not worked off. */
  readonly shed: number
}

export interface Fleet {
  /** In the order of the configuration. */
  readonly links: readonly SwitchLink[]
  link(name: string): SwitchLink | undefined
  /** Opens a connection of its own to that switch, for events only; it reconnects and subscribes again by itself. */
  events(name: string, subscription: Subscription, handlers: EventHandlers): EventStream
}
