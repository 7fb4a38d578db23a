/** The `Prefer` header (RFC 7240): what the caller would rather have. */

export interface Preferences {
  /** `handling=strict`: unknown fields and parameters are errors. */
  readonly strict: boolean
  /** false with `count=none`: a list is not counted. */
  readonly count: boolean
}

const USUAL: Preferences = { strict: false, count: true }

/** Reads the header; what is not known is ignored, as the RFC asks. */
export function readPreferences(header: string | string[] | undefined): Preferences {
  if (header === undefined) return USUAL
  const words = String(header)
    .split(/[,;]/)
    .map((word) => word.trim().toLowerCase().replaceAll(/[\s"]/g, ''))
  return { strict: words.includes('handling=strict'), count: !words.includes('count=none') }
}

/** The `Preference-Applied` header for what was preferred and done, if anything. */
export function applied(preferences: Preferences): string | undefined {
  const words = [preferences.strict && 'handling=strict', !preferences.count && 'count=none'].filter(Boolean)
  return words.length > 0 ? words.join(', ') : undefined
}
