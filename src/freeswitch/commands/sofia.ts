import { addressOf, callId, gateway as gatewayOf, profile as profileOf } from './arguments.ts'
import { type Command, quick, slow } from './command.ts'

/** Registrations: those of a user, or one by its Call-ID. */
export type Registered = { readonly user: string; readonly domain: string } | { readonly callId: string }

/** The SIP stack: its profiles, their gateways, and telephones that are registered. */
export const sofiaCommands = {
  /** Everything about profiles and gateways, as XML. */
  sofiaStatus: () => quick('sofia', 'xmlstatus'),
  rescanProfile: (profile: string): Command => ofProfile(slow('sofia', 'profile', profileOf(profile), 'rescan')),
  startProfile: (profile: string) => ofProfile(slow('sofia', 'profile', profileOf(profile), 'start')),
  restartProfile: (profile: string) => ofProfile(slow('sofia', 'profile', profileOf(profile), 'restart')),
  killGateway: (profile: string, gateway: string) =>
    ofProfile(quick('sofia', 'profile', profileOf(profile), 'killgw', gatewayOf(gateway))),
  /** A gateway that is in the switch's configuration and was stopped starts as its profile is read again. */
  startGateway: (profile: string): Command => sofiaCommands.rescanProfile(profile),
  /** XML, or `Invalid Gateway!`, which is an answer too: the switch has none of that name. */
  gatewayStatus: (gateway: string) => quick('sofia', 'xmlstatus', 'gateway', gatewayOf(gateway)),
  /** Registrations with what the telephones are, as XML. */
  profileRegistrations: (profile: string) =>
    ofProfile(quick('sofia', 'xmlstatus', 'profile', profileOf(profile), 'reg')),
  unregister: (profile: string, who: Registered) =>
    ofProfile(quick('sofia', 'profile', profileOf(profile), 'flush_inbound_reg', whose(who))),
  /** Forgets the registration and asks the telephone to start anew. */
  reboot: (profile: string, who: Registered) =>
    ofProfile(quick('sofia', 'profile', profileOf(profile), 'flush_inbound_reg', whose(who), 'reboot')),
  /** Asks the telephone to look for a new configuration. */
  checkSync: (profile: string, who: Registered) =>
    ofProfile(quick('sofia', 'profile', profileOf(profile), 'check_sync', whose(who))),
}

const whose = (who: Registered): string => ('callId' in who ? callId(who.callId) : addressOf(who.user, who.domain))

/** The switch has no `-ERR` for a profile that it does not know. */
function ofProfile(command: Command): Command {
  return { ...command, refusal: (reply) => /^Invalid Profile\b.*/m.exec(reply)?.[0] }
}
