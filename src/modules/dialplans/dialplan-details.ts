import { ADMINISTRATORS_ONLY, TIMES } from '../../freeswitch/dialplan/document.ts'
import { patternError } from '../../freeswitch/dialplan/patterns.ts'
import { expansionReach, hostReach } from '../../freeswitch/dialplan/safety.ts'
import { everything } from '../../rest/access.ts'
import { type FieldErrors, ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { inOwnDomain } from '../access.ts'
import { stepRefused } from './tenancy.ts'

/** Conditions and actions one by one; generate_xml of the dialplan makes its XML from them. */
export const dialplanDetails = resource('DialplanDetail', {
  path: 'dialplan_details',
  tenant: 'dialplan_id__domain_id',
  order: ['dialplan_id', 'sequence'],
  search: ['type', 'data'],
  access: { admin_api: everything, minor_admin_api: inOwnDomain('dialplan_id__domain_id') },
  refuse: ({ values, before, caller }) => (values ? wrong(values, before, caller.role === 'admin_api') : undefined),
  within: {
    create: (row, context) => checkTenancy(row, null, context),
    update: checkTenancy,
  },
})

/** What another tenant has is not to be reached from the entries of this one. */
async function checkTenancy(
  { dialplan_id, tag, type, data }: Row<'DialplanDetail'>,
  before: Row<'DialplanDetail'> | null,
  context: WriteContext,
): Promise<void> {
  if (before && before.tag === tag && before.type === type && before.data === data) return
  const [dialplan] = await context.tx.find('Dialplan', { id: dialplan_id })
  const isAction = tag.endsWith('action')
  const [application, text] = isAction ? [type ?? '', data ?? ''] : ['', type ?? '']
  const sentence = await stepRefused(application, text, dialplan?.domain_id ?? null, context)
  if (sentence) throw new ValidationError({ [isAction ? 'data' : 'type']: [sentence] })
}

type Said = Pick<Row<'DialplanDetail'>, 'tag' | 'type' | 'data'>

function wrong(values: Partial<Said>, before: Said | null, trusted: boolean): FieldErrors | undefined {
  // What is there already is not held against whoever changes something else.
  const names = ['tag', 'type', 'data'] as const
  if (before && names.every((name) => values[name] === undefined || values[name] === before[name])) return undefined
  const { tag = 'condition', type, data } = { ...before, ...values }
  const [first, second] = [type ?? '', data ?? '']
  const errors = tag.endsWith('action') ? wrongAction(tag, first, second, trusted) : wrongTest(first, second, trusted)
  const found = Object.entries(errors).flatMap(([name, sentence]) => (sentence ? [[name, [sentence]]] : []))
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

type Sentences = { type?: string | undefined; data?: string | undefined }

function wrongAction(tag: string, application: string, data: string, trusted: boolean): Sentences {
  if (application === '') return { type: `An ${tag} needs an application.` }
  if (trusted) return {}
  const ofName = hostReach(application, '')
  return ofName ? { type: refused(ofName) } : { data: refused(hostReach(application, data)) }
}

/** A field and the pattern it is held against; a time and when it is; or how many regular expressions must hold. */
function wrongTest(field: string, pattern: string, trusted: boolean): Sentences {
  if (field === 'regex') {
    return /^(?:all|any|xor)$/.test(pattern) ? {} : { data: 'With the type regex this is all, any or xor.' }
  }
  const reach = trusted ? {} : { type: refused(expansionReach(field)), data: refused(expansionReach(pattern)) }
  if (reach.type || reach.data || TIMES.has(field)) return reach
  const error = patternError(pattern)
  return error ? { data: `The regular expression is wrong: ${error}` } : {}
}

const refused = (sentence: string | undefined) => (sentence ? `${sentence} ${ADMINISTRATORS_ONLY}` : undefined)
