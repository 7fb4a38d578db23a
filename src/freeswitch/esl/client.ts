import modesl, { type Headers, type Listener } from 'modesl'

/** modesl's connection without what it does by itself: no greeting, no sign-in, no subscription to everybody's events. */
export class Client extends modesl.Connection {
  override sendRecv(command: string, headers: Headers, callback: Listener): void {
    // Said by the constructor, to a switch that called us. We called.
    if (command !== 'connect') super.sendRecv(command, headers, callback)
  }

  override auth(): void {
    // See Connection.
  }
}
