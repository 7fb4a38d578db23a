import { expect, test } from 'vitest'
import { everything } from '../../src/rest/access.ts'
import { resource } from '../../src/rest/resource.ts'

const sound = { path: 'bridges', order: ['name'], search: ['name'], access: { admin_api: everything } } as const

// The type-check is the test: each of these lines must be an error to the compiler, or it complains of the comment.
test('a definition that names what the model does not have does not compile', () => {
  expect(resource('Bridge', sound).model).toBe('Bridge')
  // @ts-expect-error there is no such model
  resource('Brigde', sound)
  // @ts-expect-error there is no such column to order by
  resource('Bridge', { ...sound, order: ['nmae'] })
  // @ts-expect-error nor one to search
  resource('Bridge', { ...sound, search: ['nmae'] })
  // @ts-expect-error nor one to hide
  resource('Bridge', { ...sound, hidden: ['nmae'] })
  // @ts-expect-error a column of another model is none of this one's
  resource('Bridge', { ...sound, required: ['extension'] })
  // @ts-expect-error there is no such role
  resource('Bridge', { ...sound, access: { root: everything } })
  // @ts-expect-error a hook gets the model's row
  resource('Bridge', { ...sound, after: { write: (row) => void row.extension } })
})
