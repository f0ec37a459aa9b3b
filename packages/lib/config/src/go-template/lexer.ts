import { GoTemplateError } from '../errors.ts'

/** A piece of a template: literal text, or the inside of one `{{…}}`. */
export type Segment = { readonly text: string } | { readonly action: string; readonly line: number }

export type TokenKind = 'word' | 'field' | 'variable' | 'string' | 'number' | 'char' | 'punctuation' | 'space'

/** One token of an action; `text` of strings is already unescaped. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const leftTrim = /^-[ \t\r\n]/
const rightTrim = /[ \t\r\n]-$/

/** Splits a template into text and actions; trim markers and comments are already applied. */
export function splitTemplate(source: string): Segment[] {
  const segments: Segment[] = []
  let position = 0
  let trimNext = false
  for (;;) {
    const open = source.indexOf('{{', position)
    let text = source.slice(position, open < 0 ? undefined : open)
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, '')
    if (open < 0) {
      if (text !== '') segments.push({ text })
      return segments
    }
    const line = lineOf(source, open)
    const close = findClose(source, open + 2, line)
    let action = source.slice(open + 2, close)
    if (leftTrim.test(action)) {
      text = text.replace(/[ \t\r\n]+$/, '')
      action = action.slice(1)
    }
    trimNext = rightTrim.test(action)
    if (trimNext) action = action.slice(0, -1)
    if (text !== '') segments.push({ text })
    const trimmed = action.trim()
    if (!(trimmed.startsWith('/*') && trimmed.endsWith('*/'))) segments.push({ action: trimmed, line })
    position = close + 2
  }
}

function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length
}

/** Where the action that starts at `from` ends; braces inside strings and comments do not count. */
function findClose(source: string, from: number, line: number): number {
  let position = from
  const comment = /^(?:-[ \t\r\n])?[ \t\r\n]*\/\*/.exec(source.slice(from, from + 16))
  if (comment) {
    position = source.indexOf('*/', from)
    if (position < 0) throw new GoTemplateError(line, 'unclosed comment')
  }
  for (; position < source.length; position++) {
    const character = source[position]!
    if (character === '"' || character === "'" || character === '`') {
      position = endOfQuoted(source, position, line)
    } else if (source.startsWith('}}', position)) {
      return position
    }
  }
  throw new GoTemplateError(line, 'unclosed action')
}

function endOfQuoted(source: string, start: number, line: number): number {
  const quote = source[start]!
  for (let position = start + 1; position < source.length; position++) {
    const character = source[position]
    if (character === quote) return position
    if (quote === '`') continue
    if (character === '\\') position++
    else if (character === '\n') break
  }
  throw new GoTemplateError(
    line,
    quote === '`' ? 'unterminated raw quoted string' : 'unterminated quoted string',
  )
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  [
    'number',
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+(?![0-9.])|0[bB][01_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)/y,
  ],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['punctuation', /:=|[.|(),=]/y],
]

/** The tokens of one action. */
export function tokenize(action: string, line: number): Token[] {
  const tokens: Token[] = []
  let position = 0
  while (position < action.length) {
    const quote = action[position]!
    if (quote === '"' || quote === '`' || quote === "'") {
      const end = endOfQuoted(action, position, line)
      const body = action.slice(position + 1, end)
      const text = quote === '`' ? body : unescapeGo(body, line)
      tokens.push({ kind: quote === "'" ? 'char' : 'string', text })
      position = end + 1
      continue
    }
    const token = matchToken(action, position)
    if (!token) throw new GoTemplateError(line, `unexpected ${JSON.stringify(quote)} in operand`)
    tokens.push(token)
    position += token.text.length
  }
  return tokens
}

function matchToken(action: string, position: number): Token | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position
    const match = pattern.exec(action)
    if (match) return { kind, text: match[0] }
  }
  return undefined
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

function unescapeGo(body: string, line: number): string {
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]?))/g,
    (whole, byte?: string, short?: string, long?: string, octal?: string, simple?: string) => {
      const code = Number.parseInt(byte ?? short ?? long ?? '', 16)
      if (!Number.isNaN(code) && code <= 0x10ffff) return String.fromCodePoint(code)
      if (octal !== undefined && Number.parseInt(octal, 8) < 256)
        return String.fromCharCode(Number.parseInt(octal, 8))
      const plain = Object.hasOwn(simpleEscapes, simple ?? '') ? simpleEscapes[simple ?? ''] : undefined
      if (plain === undefined) throw new GoTemplateError(line, `invalid escape ${whole} in string`)
      return plain
    },
  )
}
