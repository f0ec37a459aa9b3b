const namedEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** The text in double quotes with Go's escapes, as its `%q` prints it. */
export function goQuote(text: string): string {
  let quoted = '"'
  for (const character of text) {
    const named = namedEscapes[character]
    if (named !== undefined) quoted += named
    else if (isPrintable(character)) quoted += character
    else quoted += escapeCodePoint(character.codePointAt(0)!)
  }
  return `${quoted}"`
}

function isPrintable(character: string): boolean {
  return character === ' ' || !/[\p{C}\p{Z}]/u.test(character)
}

function escapeCodePoint(code: number): string {
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd'
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}
