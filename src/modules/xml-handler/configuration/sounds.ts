/** What is played by modules that put no variables of the call in place. */
import type { Attributes } from '../../../freeswitch/xml/write.ts'

/**
 * A tenant's recording, `${recordings_dir}/${domain_name}/FILE`, by the names that the switch knows when it reads the
 * answer. Anything else stays as it is.
 */
export function soundText(text: string | null, domainName: string | null): Attributes[string] {
  const [, path] = RECORDING.exec(text ?? '') ?? []
  if (path === undefined || domainName === null) return text ?? ''
  const file = path.replaceAll(DOMAIN, () => domainName)
  return file.includes('$') ? (text ?? '') : { expanded: `$\${recordings_dir}/${file}` }
}

const DOMAIN = /\$\{domain_name\}/g
const RECORDING = /^\$?\$\{recordings_dir\}\/(.+)$/s
