/** A record's text as a tree, whose values are as the switch wrote them: most of them percent-encoded. */
import type { RecordText } from './body.ts'
import { parseJson } from './json.ts'
import { isTree, type RecordTree } from './shape.ts'
import { UnreadableRecord } from './unreadable.ts'
import { parseXml } from './xml.ts'

/** The content of the record. Throws UnreadableRecord where the text is not what it should be. */
export function parseRecord(text: string, format: RecordText['format']): RecordTree {
  const tree = format === 'xml' ? parseXml(text) : parseJson(text)
  if (!isTree(tree) || !Object.hasOwn(tree, 'variables') || !isTree(tree.variables)) {
    throw new UnreadableRecord('The call record has no variables.')
  }
  return tree
}
