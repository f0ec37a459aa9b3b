let second = -1
let text = ''

/** The value of a `Date` header for now; made once a second. @param nowMs since the Unix epoch */
export function dateHeader(nowMs: number): string {
  const now = Math.floor(nowMs / 1000)
  if (now !== second) {
    second = now
    text = new Date(nowMs).toUTCString()
  }
  return text
}
