// Writes openapi.json from the definitions: `npm run openapi`. A test fails when the committed file is stale.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { documentText } from '../src/modules/document.ts'

writeFileSync(join(import.meta.dirname, '../openapi.json'), documentText())
