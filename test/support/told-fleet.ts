/** TEMPORARY until the fake switch is there. */
import type { Command } from '../../src/freeswitch/commands.ts'
import { SwitchRefusal, SwitchUnreachable } from '../../src/freeswitch/errors.ts'
import type { Fleet, LinkState, SwitchLink } from '../../src/freeswitch/fleet.ts'

export type Answers = Record<string, string | ((text: string) => string | Promise<string>)>

export function toldFleet(switches: Record<string, Answers>) {
  const received: string[] = []
  const states: Record<string, LinkState> = {}
  const links = Object.entries(switches).map(
    ([name, answers]): SwitchLink => ({
      name,
      get state() {
        return states[name] ?? 'connected'
      },
      async send(command: Command) {
        if ((states[name] ?? 'connected') !== 'connected') throw new SwitchUnreachable(name)
        received.push(command.text)
        const key = Object.keys(answers)
          .filter((one) => command.text.startsWith(one))
          .sort((a, b) => b.length - a.length)[0]
        const answer = key === undefined ? '-ERR Command not found!' : answers[key]!
        const reply = (typeof answer === 'string' ? answer : await answer(command.text)).trim()
        if (reply.startsWith('-ERR ')) throw new SwitchRefusal(reply.slice(5))
        const refusal = command.refusal?.(reply)
        if (refusal !== undefined) throw new SwitchRefusal(refusal)
        return reply
      },
    }),
  )
  const fleet: Fleet = {
    links,
    link: (name) => links.find((one) => one.name === name),
    events: () => {
      throw new Error('none')
    },
  }
  return { fleet, received, states }
}
