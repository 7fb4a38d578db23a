/** What was asked and answered, kept verbatim in test/freeswitch/samples: by DjangoPBX, and of a real FreeSWITCH. */
import { readdirSync, readFileSync } from 'node:fs'
import { sample } from '../../freeswitch/sample.ts'

export interface Asked {
  readonly name: string
  readonly path: string
  /** The form that was posted. */
  readonly body: string
  /** The document that was given in answer. */
  readonly answer: string
}

interface Listed {
  readonly file: string
  readonly path: string
  readonly params: Record<string, string>
  readonly status: number
}

/** What DjangoPBX was asked in these sections, and its answers. */
export function ofDjangoPbx(...sections: string[]): Asked[] {
  const list: Listed[] = JSON.parse(sample('xmlhandler/index.json').toString())
  return list
    .filter(({ path, status }) => sections.includes(path.split('/')[2]!) && status === 200)
    .map(({ file, path, params }) => ({
      name: file.replace('.xml', ''),
      path,
      body: Object.entries(params)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join('&'),
      answer: sample(`xmlhandler/${file}`).toString(),
    }))
}

/** What a FreeSWITCH asked in this section, with what the server of that time answered. */
export function ofSwitch(section: string): Asked[] {
  const folder = new URL('../../freeswitch/samples/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => file.startsWith(`xmlcurl-${section}-`))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8')
      const [, path = '', body = '', answer = ''] =
        /^POST (\S+) .*?\n\n([^\n]*)\n.*---- answered ----\n[^\n]*\n(.*)$/s.exec(text) ?? []
      return { name: file.replace('.txt', ''), path, body, answer }
    })
}
