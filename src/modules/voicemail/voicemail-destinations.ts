import { everything } from '../../rest/access.ts'
import { ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { noSuchRow } from '../../rest/values/identity.ts'
import { inOwnDomain } from '../access.ts'

/** Other boxes of the tenant that get a copy of what is left in one. */
export const voicemailDestinations = resource('VoicemailDestinations', {
  path: 'voicemail_destinations',
  tenant: 'voicemail_id__extension_id__domain_id',
  order: ['voicemail_id', 'voicemail_dest'],
  search: ['voicemail_id__extension_id__extension'],
  access: {
    admin_api: everything,
    minor_admin_api: inOwnDomain('voicemail_id__extension_id__domain_id'),
  },
  within: {
    create: checkDestination,
    async update(row, before, context) {
      const moved = row.voicemail_id !== before.voicemail_id || row.voicemail_dest !== before.voicemail_dest
      if (moved) await checkDestination(row, context)
    },
  },
})

/** The column is no relation in the database, as it is none in DjangoPBX; yet no copy may end in another tenant. */
async function checkDestination(row: Row<'VoicemailDestinations'>, { tx }: Pick<WriteContext, 'tx'>): Promise<void> {
  const { voicemail_id, voicemail_dest } = row
  if (voicemail_dest === null) return
  if (voicemail_dest === voicemail_id) {
    throw new ValidationError({ voicemail_dest: ['A box cannot get copies of its own messages.'] })
  }
  const tenant = (id: string) =>
    `SELECT e."domain_id" FROM "voicemails" v LEFT JOIN "extensions" e ON e."id" = v."extension_id" WHERE v."id" = ${id}`
  const text = `SELECT true FROM (${tenant('$1')}) own, (${tenant('$2')}) other WHERE own."domain_id" IS NOT DISTINCT FROM other."domain_id"`
  const found = await tx.run({ text, values: [voicemail_id, voicemail_dest] })
  if (found.length === 0) throw new ValidationError({ voicemail_dest: [noSuchRow(voicemail_dest)] })
}
