import { everything } from '../../../rest/access.ts'
import type { Action } from '../../../rest/asking.ts'
import { resource } from '../../../rest/resource.ts'
import { inOwnDomain, ofNoDomain } from '../../access.ts'
import { refuseSecond } from '../only-one.ts'
import { nameError, textErrors } from '../switch-texts.ts'

const IDENTITY = ['domain_id', 'language', 'name'] as const

const flush: Action = {
  on: 'row',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Nothing to do: switches ask for a phrase each time that they play it',
  run: async () => ({ status: 'phrase cache flushed', count: 1, switches: {} }),
}

/**
 * Sounds one after the other under one name, of one domain or shared by all: `phrase:NAME`, or by id. The switch asks
 * for them as phrase macros.
 */
export const phrases = resource('Phrases', {
  path: 'phrases',
  tenant: 'domain_id',
  required: ['name'],
  order: ['domain_id', 'name'],
  search: ['name', 'language', 'description'],
  access: { admin_api: everything, minor_admin_api: { ...inOwnDomain(), systemWide: ofNoDomain } },
  refuse: ({ values, before }) =>
    values && 'name' in values && !values.name && values.name !== before?.name
      ? { name: ['This field may not be blank.'] }
      : textErrors(values, before, { name: nameError, language: languageError }),
  within: {
    create: (row, { tx }) => refuseSecond(tx, 'Phrases', row, IDENTITY),
    async update(row, before, { tx }) {
      if (IDENTITY.some((column) => row[column] !== before[column])) await refuseSecond(tx, 'Phrases', row, IDENTITY)
    },
  },
  actions: { flush_cache_phrase: flush },
})

const languageError = (text: string): string | undefined =>
  /^[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?$/.test(text) ? undefined : 'Give a language, such as en or en-us.'
