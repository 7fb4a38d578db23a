/** `/api/extensions.csv` for `/api/extensions/?format=csv`, as in DRF. */

const SUFFIX = /^(\/api\/(?!schema\b|docs\b)[^?]*)\.(json|csv)\/?(?:\?(.*))?$/s

/** The URL with its suffix as the parameter `format`, which stands last so that it counts. */
export function withoutSuffix(url: string): string {
  const match = SUFFIX.exec(url)
  if (!match) return url
  const [, path, format, query] = match
  return `${path!.replace(/\/$/, '')}/?${query ? `${query}&` : ''}format=${format}`
}
