import { readDocument, withHead } from '../../freeswitch/dialplan/document.ts'
import { everything } from '../../rest/access.ts'
import type { Action } from '../../rest/asking.ts'
import { type FieldErrors, ValidationError } from '../../rest/errors.ts'
import type { Row } from '../../rest/model/model.ts'
import { resource, type WriteContext } from '../../rest/resource.ts'
import { inOwnDomain, ofNoDomain } from '../access.ts'
import { FLUSHED } from '../switch-answers.ts'
import { generateXml } from './generate.ts'
import { documentRefused } from './tenancy.ts'

const flushOne: Action = {
  on: 'row',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: "Makes the switches forget the dialplan of the entry's context",
  answer: FLUSHED,
  run: ({ services }, row) => services.switches.flushDialplan(row.context ? [row.context as string] : []),
}

const flushAll: Action = {
  on: 'collection',
  methods: ['GET', 'POST'],
  roles: ['admin_api', 'minor_admin_api'],
  summary: 'Makes the switches forget the dialplan: of all contexts, for a minor administrator those of its domain',
  answer: FLUSHED,
  async run({ services, caller }) {
    if (caller.role === 'admin_api') return services.switches.flushDialplan('all')
    const rows = await services.database.run({
      text: `SELECT "name" FROM "domains" WHERE "id" = $1
        UNION SELECT "context" FROM "dialplans" WHERE "domain_id" = $1 AND "context" IS NOT NULL ORDER BY 1`,
      values: [caller.domainId],
    })
    return services.switches.flushDialplan(rows.map(([context]) => context as string))
  },
}

/** What the switch does with calls: entries of a context, looked at in order of their sequence. */
export const dialplans = resource('Dialplan', {
  path: 'dialplans',
  tenant: 'domain_id',
  order: ['sequence', 'name'],
  search: ['name', 'number', 'category', 'context', 'description'],
  fill: { context: 'domain_id__name' },
  access: { admin_api: everything, minor_admin_api: { ...inOwnDomain(), systemWide: ofNoDomain } },
  refuse: ({ values, before, caller }) => (values ? wrong(values, before, caller.role === 'admin_api') : undefined),
  within: {
    async create(row, context) {
      await checkContext(row, null, context)
      await checkTenancy(row, null, context)
      await agree(row, null, context)
    },
    async update(row, before, context) {
      await checkContext(row, before, context)
      await checkTenancy(row, before, context)
      await agree(row, before, context)
    },
  },
  actions: { flush_cache_dialplan: flushOne, flush_cache_all_dialplans: flushAll, generate_xml: generateXml },
})

/** The XML, and what it says of the entry beside what the other fields say. */
function wrong(
  values: Partial<Row<'Dialplan'>>,
  before: Row<'Dialplan'> | null,
  trusted: boolean,
): FieldErrors | undefined {
  const errors: FieldErrors = {}
  if (!trusted && values.hostname && values.hostname !== before?.hostname) {
    errors.hostname = ['Only administrators of the whole system may say which switch an entry is for.']
  }
  if (typeof values.xml === 'string' && values.xml !== '' && values.xml !== before?.xml) {
    const { errors: sentences, head } = readDocument(values.xml, { trusted })
    if (sentences.length > 0) errors.xml = [...sentences]
    // What is not sent follows the XML; what is sent must say the same.
    else if (head.name !== undefined && values.name && values.name !== head.name.trim()) {
      errors.name = [`The XML has another name, "${head.name.slice(0, 64)}". Send the same, or leave one out.`]
    } else if (head.continue !== undefined && (values.dp_continue ?? head.continue) !== head.continue) {
      errors.dp_continue = [`The XML has continue="${head.continue}". Send the same, or leave one out.`]
    } else if (before && head.uuid !== undefined && head.uuid.toLowerCase() !== before.id) {
      errors.xml = [`The XML has the id of another entry as its uuid; this one's is ${before.id}.`]
    } else if (head.name !== undefined && [...head.name.trim()].length > LONGEST_NAME) {
      errors.xml = [`The name of an extension has at most ${LONGEST_NAME} characters.`]
    }
  }
  return Object.keys(errors).length > 0 ? errors : undefined
}

const LONGEST_NAME = 64

/**
 * A minor administrator's entries are in the context of its domain. Another tenant's is not its own, and in `public`
 * an entry could catch the calls of all tenants: those of a domain come there by its inbound routes, whose numbers are
 * its own.
 */
async function checkContext(
  row: Row<'Dialplan'>,
  before: Row<'Dialplan'> | null,
  { tx, caller }: WriteContext,
): Promise<void> {
  if (caller.role === 'admin_api') return
  const [domain] = await tx.find('Domain', { id: row.domain_id ?? '' })
  if (row.context === domain?.name) return
  const name = domain?.name ?? ''
  if (row.context !== before?.context) {
    throw new ValidationError({
      context: [
        row.context === 'public'
          ? `Calls from outside are let in by inbound routes (dialplan_ib_route); other entries are in "${name}".`
          : `The context of an entry is the name of its domain, "${name}".`,
      ],
    })
  }
  if (row.xml !== before?.xml) {
    const sentence = `An entry of the context "${row.context}" is changed by administrators of the whole system, an inbound route as a route.`
    throw new ValidationError({ xml: [sentence] })
  }
}

/** What another tenant has is not to be reached from the entries of this one. */
async function checkTenancy(
  row: Row<'Dialplan'>,
  before: Row<'Dialplan'> | null,
  context: WriteContext,
): Promise<void> {
  if (!row.xml || row.xml === before?.xml) return
  const sentence = await documentRefused(row.xml, row.domain_id, context)
  if (sentence) throw new ValidationError({ xml: [sentence] })
}

/**
 * The XML says the entry's name, whether the search goes on, and its id. What was changed of the two is put into the
 * other, so that neither a list nor the switch tells a tale of its own.
 */
async function agree(row: Row<'Dialplan'>, before: Row<'Dialplan'> | null, { tx }: WriteContext): Promise<void> {
  if (!row.xml) return
  const isNew = row.xml !== before?.xml
  if (!isNew && row.name === before?.name && row.dp_continue === before?.dp_continue) return
  const { errors, head } = readDocument(row.xml, { trusted: true })
  // One that was never checked, from elsewhere, stays as it is until it is sent anew.
  if (errors.length > 0) return
  const name = isNew ? (head.name?.trim() ?? row.name) : row.name
  const goesOn = isNew ? (head.continue ?? row.dp_continue) : row.dp_continue
  const xml = withHead(row.xml, { name: name ?? '', continue: goesOn, uuid: row.id })
  if (xml === row.xml && name === row.name && goesOn === row.dp_continue) return
  const values = { name, dp_continue: goesOn, xml }
  await tx.update('Dialplan', { id: row.id }, values)
  // The audit log tells of the row as it is.
  Object.assign(row, values)
}
