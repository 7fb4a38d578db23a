/** Transcripts of the event socket, `>>` sent and `<<` received, in test/freeswitch/samples. */
import { sample } from '../freeswitch/sample.ts'

/** The events that a transcript received, each as its headers with their values decoded. */
export function eventsIn(name: string): Record<string, string>[] {
  const events: Record<string, string>[] = []
  let open: Record<string, string> | undefined
  for (const line of sample(name).toString().split('\n')) {
    if (!line.startsWith('<<')) continue
    const text = line.slice(3)
    if (text.startsWith('Event-Name: ')) {
      open = {}
      events.push(open)
    } else if (text === '') {
      open = undefined
    }
    const [, header, value] = /^([^:]+): (.*)$/.exec(text) ?? []
    if (open && header) open[header] = decodeURIComponent(value!)
  }
  return events
}
