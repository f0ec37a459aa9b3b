/**
 * Headers as they travel: name, value, name, value… in the order and the spelling of the wire. A name may
 * occur more than once. HTTP/2 pseudo-headers are never part of it.
 */
export type RawHeaders = readonly string[]

/** Whether `name`, in any case, is `lowerName`; cheap when the lengths differ. */
export function isHeader(name: string, lowerName: string): boolean {
  return name.length === lowerName.length && (name === lowerName || name.toLowerCase() === lowerName)
}

/** The value of the first header called `lowerName` (given in lower case), or undefined. */
export function headerValue(headers: RawHeaders, lowerName: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (isHeader(headers[i]!, lowerName)) return headers[i + 1]
  }
  return undefined
}

/** Whether `lowerName` occurs with a value that is not empty. */
export function hasHeader(headers: RawHeaders, lowerName: string): boolean {
  const value = headerValue(headers, lowerName)
  return value !== undefined && value !== ''
}

/** All values of `lowerName` folded into one list, joined with `, ` as RFC 9110 §5.3 allows; undefined if none. */
export function foldedHeader(headers: RawHeaders, lowerName: string): string | undefined {
  let folded: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    if (!isHeader(headers[i]!, lowerName)) continue
    folded = folded === undefined ? headers[i + 1]! : `${folded}, ${headers[i + 1]}`
  }
  return folded
}

/** Whether the comma-separated list `value` has `lowerToken` in it, in any case. */
export function listHasToken(value: string | undefined, lowerToken: string): boolean {
  if (value === undefined) return false
  for (const part of value.split(',')) if (part.trim().toLowerCase() === lowerToken) return true
  return false
}
