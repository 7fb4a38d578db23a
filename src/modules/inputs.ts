/** Values in a body that are no column of the resource's model. */
import type { Input } from '../rest/resource.ts'
import { textParser } from '../rest/values/text.ts'

/** Text that is not blank, of at most `maxLength` characters. */
export function textInput(description: string, maxLength: number): Input {
  const parse = textParser({
    name: '',
    type: 'text',
    sqlType: 'text',
    nullable: false,
    hasDefault: false,
    primary: false,
    maxLength,
  })
  return {
    description,
    schema: { type: 'string', maxLength },
    check(value) {
      if (value === null) return { errors: ['This field may not be null.'] }
      const result = parse(value)
      return result.ok ? { value: result.value } : { errors: [result.error] }
    },
  }
}
