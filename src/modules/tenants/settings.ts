/** Settings in force: a profile's override its domain's, which override the system's. */
import type { PrismaClient } from '../../generated/prisma/client.ts'
import { ValidationError } from '../../rest/errors.ts'
import { noSuchRow } from '../../rest/values/identity.ts'

/** The settings a fresh system has: those that the server reads. docs/settings.md tells what each does. */
export const DEFAULT_SETTINGS = [
  { category: 'voicemail', subcategory: 'attach_file', value_type: 'text', value: 'true' },
  { category: 'voicemail', subcategory: 'local_after_email', value_type: 'boolean', value: 'true' },
] as const

type Source = 'default' | 'domain' | 'profile'

export interface SettingInForce {
  readonly category: string
  readonly subcategory: string
  readonly value_type: string
  readonly value: string | null
  readonly sequence: number
  readonly source: Source
}

/**
 * All enabled settings in force for a domain, a profile or (with neither) the system. A setting may have several rows
 * (`array`), in order of sequence: the nearest owner with any has them all. A profile's domain counts unless one is
 * given. An unknown domain or profile is a validation error.
 */
export async function settingsInForce(
  prisma: PrismaClient,
  owner: { readonly domainId?: string; readonly profileId?: number },
): Promise<SettingInForce[]> {
  const { profileId } = owner
  const profile =
    profileId === undefined
      ? undefined
      : await prisma.profile.findUnique({ where: { id: profileId }, select: { domain_id: true } })
  if (profile === null) throw new ValidationError({ user_id: [noSuchRow(profileId)] })
  const domainId = owner.domainId ?? profile?.domain_id ?? undefined
  if (owner.domainId !== undefined && !(await prisma.domain.findUnique({ where: { id: owner.domainId } }))) {
    throw new ValidationError({ domain_id: [noSuchRow(owner.domainId)] })
  }
  const enabled = { enabled: true }
  const layers: readonly [Source, readonly StoredSetting[]][] = [
    ['default', await prisma.defaultSetting.findMany({ where: enabled })],
    ['domain', domainId ? await prisma.domainSetting.findMany({ where: { ...enabled, domain_id: domainId } }) : []],
    [
      'profile',
      profileId === undefined
        ? []
        : await prisma.profileSetting.findMany({ where: { ...enabled, user_id: profileId } }),
    ],
  ]
  return nearest(layers)
}

type StoredSetting = Omit<SettingInForce, 'source' | 'sequence'> & { readonly sequence: bigint }

/** Of each setting the rows of the last layer that holds it. */
function nearest(layers: readonly [Source, readonly StoredSetting[]][]): SettingInForce[] {
  const inForce = new Map<string, SettingInForce[]>()
  for (const [source, rows] of layers) {
    const ofLayer = new Map<string, SettingInForce[]>()
    for (const { category, subcategory, value_type, value, sequence } of rows) {
      const name = `${category}/${subcategory}`
      const shown = { category, subcategory, value_type, value, sequence: Number(sequence), source }
      ofLayer.set(name, [...(ofLayer.get(name) ?? []), shown])
    }
    for (const [name, settings] of ofLayer) inForce.set(name, settings)
  }
  return [...inForce.keys()].sort().flatMap((name) => inForce.get(name)!.sort((a, b) => a.sequence - b.sequence))
}

/** SQL of one setting in force for the domain that stands in parameter `domainId`; the names are ours, never a caller's. */
export function settingSql(category: string, subcategory: string, domainId: string): string {
  const named = `"category" = '${category}' AND "subcategory" = '${subcategory}' AND "enabled"`
  const own = `SELECT "value", 1 AS layer, "sequence" FROM "domain_settings" WHERE "domain_id" = ${domainId} AND ${named}`
  const system = `SELECT "value", 2, "sequence" FROM "default_settings" WHERE ${named}`
  return `(SELECT "value" FROM (${own} UNION ALL ${system}) s ORDER BY layer, "sequence" LIMIT 1)`
}
