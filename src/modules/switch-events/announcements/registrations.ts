/** What events of telephones that come and go announce. Telephones that only say again that they are there are no news. */
import type { SwitchEvent } from '../../cdr/timeline/row.ts'
import type { Draft } from './draft.ts'

/** Telephones that are remembered; beyond that the ones heard of longest ago are news again. */
const MOST_KNOWN = 50_000
/** A telephone may be late. */
const GRACE_SECONDS = 60

const SUBCLASSES = new Set(['sofia::register', 'sofia::unregister', 'sofia::expire'])

export const isOfRegistrations = (event: SwitchEvent): boolean => SUBCLASSES.has(event['Event-Subclass'] ?? '')

/** The telephones that are known to be registered. */
export class Registrations {
  /** Until when each is, in milliseconds. */
  readonly #known = new Map<string, number>()

  /** Whether a telephone has come or gone, and has not just said again that it is there. */
  isNews(event: SwitchEvent): boolean {
    const { user, host } = telephoneOf(event)
    const key = JSON.stringify([user, host, event['call-id'] ?? event.contact])
    const known = this.#known.get(key)
    this.#known.delete(key)
    if (event['Event-Subclass'] !== 'sofia::register') return true
    this.#known.set(key, Date.now() + ((Number(event.expires) || 0) + GRACE_SECONDS) * 1000)
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!)
    return known === undefined || known < Date.now()
  }
}

/** Undefined for an event that does not say whose telephone it is. */
export function registrationDraft(event: SwitchEvent, switchName: string): Draft | undefined {
  const { user, host } = telephoneOf(event)
  if (!user || !host) return undefined
  const subclass = event['Event-Subclass']
  const isThere = subclass === 'sofia::register'
  const reason = subclass === 'sofia::expire' ? 'expired' : (event.reason ?? 'unregistered')
  return {
    type: isThere ? 'registration.registered' : 'registration.unregistered',
    tenantId: null,
    tenantNames: [...new Set([host, event['to-host'] ?? '', event.realm ?? ''])].filter(Boolean),
    user,
    userDomain: null,
    data: {
      user,
      domain: host,
      contact: event.contact ?? null,
      network_ip: event['network-ip'] ?? null,
      network_port: event['network-port'] ?? null,
      user_agent: event['user-agent'] ?? null,
      call_id: event['call-id'] ?? null,
      profile: event['profile-name'] ?? null,
      switch: switchName,
      ...(isThere ? { expires: Number(event.expires) || null } : { reason }),
    },
  }
}

/** An expired one is told of in other words. */
const telephoneOf = (event: SwitchEvent) => ({
  user: event['from-user'] ?? event.user,
  host: event['from-host'] ?? event.host,
})
