/** XML as a tree and as lines, to hold one document against another whatever its blanks. */
import { SaxesParser } from 'saxes'

export interface Tree {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Tree[]
}

/** Throws where the text is not well-formed. */
export function treeOf(xml: string): Tree {
  const parser = new SaxesParser()
  const opened: Tree[] = [{ name: '', attributes: {}, children: [] }]
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: Tree = { name, attributes: attributes as Record<string, string>, children: [] }
    opened.at(-1)!.children.push(element)
    opened.push(element)
  })
  parser.on('closetag', () => {
    opened.pop()
  })
  parser.write(xml).close()
  return opened[0]!.children[0]!
}

/** What tells an element from its like. */
const KEYS = ['name', 'id', 'application']

/** One line for each element and attribute, with the way to it: `user 1001/params/param password value=secret`. */
export function linesOf(tree: Tree, path: readonly string[] = []): string[] {
  const key = KEYS.find((name) => name in tree.attributes)
  const way = [...path, key ? `${tree.name} ${tree.attributes[key]}` : tree.name]
  const at = way.slice(-3).join('/')
  const attributes = Object.entries(tree.attributes).filter(([name]) => name !== key)
  return [
    at,
    ...attributes.map(([name, value]) => `${at} ${name}=${value}`),
    ...tree.children.flatMap((child) => linesOf(child, way)),
  ]
}

/** The elements of a name, however deep. */
export const all = (tree: Tree, name: string): Tree[] => [
  ...(tree.name === name ? [tree] : []),
  ...tree.children.flatMap((child) => all(child, name)),
]
