/** The OpenAPI document holds together: references lead somewhere, and no two operations have one name. */
import { expect, it } from 'vitest'
import { documentText } from '../../src/modules/document.ts'

const text = documentText()
const document = JSON.parse(text) as { paths: Record<string, Record<string, { operationId?: string }>> }

it('has what each reference names', () => {
  for (const [, reference] of text.matchAll(/"\$ref":\s*"#([^"]+)"/g)) {
    const steps = reference!.slice(1).split('/')
    expect(
      steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document),
      reference,
    ).toBeDefined()
  }
})

it('names each operation once', () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).flatMap(({ operationId }) => operationId ?? []),
  )
  expect(ids.filter((id, at) => ids.indexOf(id) < at)).toEqual([])
})

it('tells of lists, deletions of many and imports where rows can be written', () => {
  const { paths } = document
  expect(Object.keys(paths['/api/extensions/']!)).toEqual(expect.arrayContaining(['get', 'post', 'patch']))
  expect(paths).toHaveProperty(['/api/extensions/bulk_delete/', 'post', 'responses', '207'])
  expect(paths).toHaveProperty(['/api/extensions/import/', 'post', 'requestBody', 'content', 'text/csv'])
  for (const path of ['', 'bulk_delete/', 'import/']) {
    expect(paths[`/api/audit_log/${path}`] ?? {}).not.toHaveProperty('post')
  }
})
