/** How a command to a switch can fail. Each is an answer for the caller, as all of `src/rest/errors.ts`. */
import { ApiError } from '../rest/errors.ts'

/** Something that cannot be said to a switch: a mistake of whoever asked for it, who gets 400. */
export class ArgumentError extends ApiError {
  override name = 'ArgumentError'

  constructor(detail: string) {
    super(400, detail)
  }
}

/** The switch took the command and says no; `cause` is its word for it, such as USER_NOT_REGISTERED. 409. */
export class SwitchRefusal extends ApiError {
  override name = 'SwitchRefusal'
  override readonly cause: string

  constructor(cause: string) {
    super(409, `The telephone switch refused: ${cause}`)
    this.cause = cause
  }
}

/** The switch is not connected, or was lost before it replied. 503. */
export class SwitchUnreachable extends ApiError {
  override name = 'SwitchUnreachable'

  constructor(name: string, detail = `The telephone switch "${name}" is not connected.`) {
    super(503, detail, { 'Retry-After': '10' })
  }
}

/** More commands wait for this switch than it can be asked to work off. 503. */
export class SwitchBusy extends SwitchUnreachable {
  override name = 'SwitchBusy'

  constructor(name: string) {
    super(name, `Too many commands wait for the telephone switch "${name}".`)
  }
}

/** The switch did not reply in time; whether it did what it was asked is not known. 503. */
export class SwitchTimeout extends ApiError {
  override name = 'SwitchTimeout'

  constructor(name: string) {
    super(503, `The telephone switch "${name}" did not reply in time.`, { 'Retry-After': '10' })
  }
}
