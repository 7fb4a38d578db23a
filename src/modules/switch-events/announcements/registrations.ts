/** What events of telephones that come and go announce. Telephones that only say again that they are there are no news. */
import type { SwitchEvent } from '../../cdr/timeline/row.ts'
import type { Draft } from './draft.ts'

/** Telephones that are remembered; beyond that the ones heard of longest ago are announced anew. */
const MOST_KNOWN = 50_000
/** A telephone may be late. */
const GRACE_SECONDS = 60

export class Registrations {
  readonly #switchName: string
  /** Until when each is registered, in milliseconds. */
  readonly #known = new Map<string, number>()

  constructor(switchName: string) {
    this.#switchName = switchName
  }

  /** Undefined for an event of something else, or that is no news. */
  draft(event: SwitchEvent): Draft | undefined {
    const subclass = event['Event-Subclass']
    const user = event['from-user'] ?? event.user
    const host = event['from-host'] ?? event.host
    if (!user || !host || !subclass?.startsWith('sofia::')) return undefined
    const key = JSON.stringify([user, host, event['call-id'] ?? event.contact])
    if (subclass === 'sofia::register') return this.#isNews(key, event) ? this.#draft(event, user, host) : undefined
    this.#known.delete(key)
    return this.#draft(event, user, host)
  }

  #isNews(key: string, event: SwitchEvent): boolean {
    const known = this.#known.get(key)
    const seconds = Number(event.expires) || 0
    this.#known.delete(key)
    this.#known.set(key, Date.now() + (seconds + GRACE_SECONDS) * 1000)
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!)
    return known === undefined || known < Date.now()
  }

  #draft(event: SwitchEvent, user: string, host: string): Draft {
    const subclass = event['Event-Subclass']
    const isThere = subclass === 'sofia::register'
    const reason = subclass === 'sofia::expire' ? 'expired' : (event.reason ?? 'unregistered')
    const names = [host, event['to-host'], event.realm].filter((name) => name !== undefined && name !== '') as string[]
    return {
      type: isThere ? 'registration.registered' : 'registration.unregistered',
      tenantId: null,
      tenantNames: [...new Set(names)],
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
        switch: this.#switchName,
        ...(isThere ? { expires: Number(event.expires) || null } : { reason }),
      },
    }
  }
}
