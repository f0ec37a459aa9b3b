/** A sorted comma list, as annotations hold several names, as a set. */
export function parseCommaList(text: string | undefined): Set<string> {
  return new Set((text ?? '').split(',').filter((item) => item !== ''))
}

/** The inverse of `parseCommaList`. */
export function formatCommaList(items: Iterable<string>): string {
  return [...new Set(items)].sort().join(',')
}
