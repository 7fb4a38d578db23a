/** Values in a body that are no column of the resource's model. */
import type { Input } from '../rest/asking.ts'
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

/** The same, taken as it is typed: spaces at the ends of a password are part of it. */
export function exactTextInput(description: string, maxLength: number): Input {
  const input = textInput(description, maxLength)
  return {
    ...input,
    check(value, body) {
      const result = input.check(value, body)
      if ('errors' in result) return result
      const text = String(value)
      if ([...text].length <= maxLength) return { value: text }
      return { errors: [`Ensure this field has no more than ${maxLength} characters.`] }
    },
  }
}
