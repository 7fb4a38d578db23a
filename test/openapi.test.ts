import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { documentText } from '../src/modules/document.ts'

test('the committed openapi.json is what the definitions make (npm run openapi)', () => {
  expect(readFileSync('openapi.json', 'utf8')).toBe(documentText())
})
