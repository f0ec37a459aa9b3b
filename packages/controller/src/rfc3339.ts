/** A point in time as annotations hold it: RFC 3339, UTC, whole seconds. */
export function formatRfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Milliseconds since the Unix epoch; undefined if the text is no point in time in RFC 3339. */
export function parseRfc3339(text: string | undefined): number | undefined {
  if (text === undefined || !timestamp.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
