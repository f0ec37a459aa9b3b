const tab = 9
const space = 32

/** By character code: whether it may be in a token (RFC 9110 §5.6.2). */
const tokenCodes: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0,
)
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes that may not be in a header
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]/

/** Whether `text` is a token: a method's or a header's name. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (tokenCodes[text.charCodeAt(i)] !== 1) return false
  return text.length > 0
}

/** Whether `text` may be a header's value; bytes above 0x7f may be in it. */
export function isFieldValue(text: string): boolean {
  return !forbiddenInValue.test(text)
}

/** What RFC 3986 allows in a host with a port; no user information. */
const hostForm = /^[A-Za-z0-9\-._~!$&'()*+,;=%[\]:]*$/

/** Whether `text` may be a request's Host, which may be empty. */
export function isHost(text: string): boolean {
  return hostForm.test(text)
}

/** `text` from `start` to `end` without spaces and tabs at both ends; `String.trim` would take bytes above 0x7f too. */
export function trimBlanks(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === space || code === tab
}
