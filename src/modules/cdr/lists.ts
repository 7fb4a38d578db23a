/** How call records are listed, counted, found and downloaded, whoever reads them. */
import type { Predicate } from '../../rest/access.ts'
import { timeOfRecordId } from './record/record-id.ts'

export const LISTS = {
  order: ['domain_id', 'extension_id', '-start_stamp'],
  // An extension is of one tenant, and so are its calls.
  determines: { extension_id: ['domain_id'] },
  search: ['caller_id_name', 'caller_id_number', 'destination_number'],
  long: true,
  totals: [
    { model: 'CdrTotal', time: 'start_stamp', stretches: 'hours and days', by: ['domain_id'] },
    { model: 'CdrExtensionMonth', time: 'start_stamp', stretches: 'months', by: ['extension_id', 'domain_id'] },
  ],
  download: { name: 'cdrs', time: 'start_stamp' },
  narrow: ['start_stamp__gte', 'start_stamp__lt', 'extension_id'],
  locate,
  seek: { by: 'call_uuid', time: 'start_stamp' },
} as const

/** An id that the server gave holds the start of its call: one month is searched, not all. */
function locate(id: string): Predicate[] {
  const time = timeOfRecordId(id)
  if (!time) return []
  const [from, to] = [time.fromMs, time.toMs].map((ms) => new Date(ms).toISOString())
  return [
    { path: 'start_stamp', lookup: 'gte', value: from },
    { path: 'start_stamp', lookup: 'lt', value: to },
  ]
}
