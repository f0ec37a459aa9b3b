import { UpstreamError } from './errors.ts'
import type { RawHeaders } from './raw-headers.ts'

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes that may not be in a header
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]/

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
      headers[headers.length - 1] = trimBlanks(`${headers.at(-1)} ${checkedValue(text.slice(start, stop))}`)
    } else {
      const colon = text.indexOf(':', start)
      if (colon < 0 || colon > stop) throw malformedLine(text.slice(start, stop))
      const name = text.slice(start, colon)
      if (!token.test(name)) throw malformedLine(text.slice(start, stop))
      headers.push(name, checkedValue(text.slice(colon + 1, stop)))
    }
    start = end + 1
  }
  return headers
}

function checkedValue(raw: string): string {
  const value = trimBlanks(raw)
  if (forbiddenInValue.test(value)) throw malformedLine(raw)
  return value
}

/** Without spaces and tabs at both ends; `String.trim` would take bytes above 0x7f too. */
function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

function malformedLine(line: string): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_MALFORMED',
    `net/http: HTTP/1.x transport connection broken: malformed MIME header line: ${line}`,
  )
}
