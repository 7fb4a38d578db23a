/** XML of a dialplan as a test compares it: its conditions and what each does, in their order. */
import { SaxesParser } from 'saxes'

export interface Parsed {
  readonly attributes: Readonly<Record<string, string>>
  /** Tag, application, data, inline. */
  readonly actions: (readonly [string, string, string, string])[]
}

/** Reads XML strictly: what is not well-formed fails. */
export function parsed(xml: string): { name: string; uuid: string; conditions: Parsed[] } {
  const conditions: Parsed[] = []
  let head: Record<string, string> = {}
  const parser = new SaxesParser({ xmlns: false })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes: a }) => {
    const attributes = a as Record<string, string>
    if (name === 'extension') head = attributes
    else if (name === 'condition') conditions.push({ attributes, actions: [] })
    else {
      const { application = '', data = '', inline = '' } = attributes
      conditions.at(-1)!.actions.push([name, application, data, inline])
    }
  })
  parser.write(xml).close()
  return { name: head.name!, uuid: head.uuid!, conditions }
}

/** What stays of XML when the texts in its attributes are left out. */
export const structure = (xml: string): unknown =>
  parsed(xml).conditions.map(({ attributes, actions }) => [
    Object.keys(attributes),
    actions.map(([tag, application]) => [tag, application]),
  ])
