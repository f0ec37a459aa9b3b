import { UpstreamError } from './errors.ts'
import type { RawHeaders } from './raw-headers.ts'
import { isFieldValue, isToken, trimBlanks } from './syntax.ts'

/**
 * Parses header lines of `text` from `at` up to the empty line. A line that starts with white space continues the
 * one before it.
 * @throws UpstreamError UPSTREAM_MALFORMED
 */
export function parseHeaderLines(text: string, at: number): RawHeaders {
  const headers: string[] = []
  let start = at
  for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
    const stop = text.charCodeAt(end - 1) === 13 ? end - 1 : end
    if (stop <= start) break
    const first = text.charCodeAt(start)
    if ((first === 32 || first === 9) && headers.length > 0) {
      const folded = `${headers.at(-1)} ${checkedValue(text, start, stop)}`
      headers[headers.length - 1] = trimBlanks(folded, 0, folded.length)
    } else {
      const colon = text.indexOf(':', start)
      if (colon < 0 || colon > stop) throw malformedLine(text.slice(start, stop))
      const name = text.slice(start, colon)
      if (!isToken(name)) throw malformedLine(text.slice(start, stop))
      headers.push(name, checkedValue(text, colon + 1, stop))
    }
    start = end + 1
  }
  return headers
}

function checkedValue(text: string, start: number, end: number): string {
  const value = trimBlanks(text, start, end)
  if (!isFieldValue(value)) throw malformedLine(text.slice(start, end))
  return value
}

function malformedLine(line: string): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_MALFORMED',
    `net/http: HTTP/1.x transport connection broken: malformed MIME header line: ${line}`,
  )
}
