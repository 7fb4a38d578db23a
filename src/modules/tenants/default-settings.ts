import { z } from 'zod'
import { everything } from '../../rest/access.ts'
import type { Action } from '../../rest/asking.ts'
import { resource } from '../../rest/resource.ts'
import { readUuid } from '../../rest/values/identity.ts'
import { settingsInForce } from './settings.ts'

const effective: Action = {
  on: 'collection',
  methods: ['GET'],
  roles: ['admin_api'],
  summary: 'The settings in force for a domain or a user: profile over domain over default',
  query: z.object({
    domain_id: z
      .string()
      .refine((text) => readUuid(text) !== undefined, { error: 'Must be a valid UUID.' })
      .transform((text) => readUuid(text)!)
      .optional(),
    user_id: z
      .string()
      .regex(/^\d{1,9}$/, { error: 'A valid number is required.' })
      .transform(Number)
      .optional(),
  }),
  answer: { type: 'object', properties: { results: { type: 'array', items: { type: 'object' } } } },
  run: async ({ services, query }) => ({
    results: await settingsInForce(services.prisma, {
      domainId: query.domain_id as string | undefined,
      profileId: query.user_id as number | undefined,
    }),
  }),
}

/** Settings of the whole system. */
export const defaultSettings = resource('DefaultSetting', {
  path: 'default_settings',
  hidden: ['description'],
  readOnly: ['app_uuid'],
  order: ['category', 'subcategory'],
  search: ['category', 'subcategory', 'value'],
  access: { admin_api: everything },
  actions: { effective },
})

/** Holidays and the like that time conditions may name: default settings of one category. */
export const timeConditionPresets = resource('DefaultSetting', {
  path: 'time_condition_presets',
  hidden: ['description'],
  readOnly: ['app_uuid'],
  where: { category: 'time_conditions' },
  order: ['subcategory'],
  search: ['subcategory', 'value'],
  access: { admin_api: everything },
})
