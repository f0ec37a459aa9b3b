/** A point in time as annotations hold it: RFC 3339, UTC, whole seconds. */
export function formatRfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
