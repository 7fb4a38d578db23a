#!/usr/bin/env node
// The command line, compiled: `npm ci` and `npm run build` make it. See src/cli.
import { existsSync } from 'node:fs'

const program = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(program)) {
  await import(program.href)
} else {
  const directory = decodeURIComponent(new URL('..', import.meta.url).pathname)
  process.stderr.write(`pbx-api is not built yet: run "npm run build" in ${directory}\n`)
  process.exitCode = 1
}
