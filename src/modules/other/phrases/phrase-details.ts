import { variablesError } from '../../../freeswitch/dialplan/expansion.ts'
import { everything } from '../../../rest/access.ts'
import { ValidationError } from '../../../rest/errors.ts'
import type { Row } from '../../../rest/model/model.ts'
import { resource, type WriteContext } from '../../../rest/resource.ts'
import { inOwnDomain } from '../../access.ts'
import { domainOf } from '../../dialling/destinations.ts'
import { soundError } from '../../dialling/texts.ts'

type Detail = Row<'PhraseDetails'>

/** What a phrase plays, in order. */
export const phraseDetails = resource('PhraseDetails', {
  path: 'phrasedetails',
  tenant: 'phrase_id__domain_id',
  required: ['data'],
  order: ['phrase_id', 'sequence'],
  search: ['phrase_id__name', 'pfunction', 'data'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('phrase_id__domain_id') },
  within: { create: (row, context) => check(row, null, context), update: check },
})

async function check(row: Detail, before: Detail | null, { tx, caller }: WriteContext): Promise<void> {
  const { phrase_id, pfunction, data } = row
  if (before && phrase_id === before.phrase_id && pfunction === before.pfunction && data === before.data) return
  const [phrase] = await tx.find('Phrases', { id: phrase_id })
  const domain = await domainOf(tx, phrase?.domain_id)
  const error =
    pfunction === 'execute'
      ? executeError(data ?? '', caller.role === 'admin_api')
      : soundError(data ?? '', domain, caller)
  if (error !== undefined) throw new ValidationError({ data: [error] })
}

/** Any application of the switch can be executed, so that who administers one tenant has the one that only waits. */
function executeError(data: string, trusted: boolean): string | undefined {
  if (trusted) return variablesError(data)
  return /^sleep\(\d{1,5}\)$/.test(data) ? undefined : 'A phrase executes sleep(MILLISECONDS) only.'
}
