const compiled = new Map<string, RegExp>()

/**
 * Compiles a pattern of a schema, once. They are written for Go, so a leading `(?i)` is honoured, and escapes that
 * JavaScript's strict mode refuses are allowed. Throws `SyntaxError`.
 */
export function compilePattern(pattern: string): RegExp {
  let regexp = compiled.get(pattern)
  if (!regexp) {
    const flags = /^\(\?([ims]+)\)/.exec(pattern)
    const source = flags ? pattern.slice(flags[0].length) : pattern
    try {
      regexp = new RegExp(source, `${flags?.[1] ?? ''}u`)
    } catch {
      regexp = new RegExp(source, flags?.[1] ?? '')
    }
    compiled.set(pattern, regexp)
  }
  return regexp
}
