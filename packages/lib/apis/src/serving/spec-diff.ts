/**
 * What changed between two JSON values, one entry per path, for the details of an error message.
 * @param root name of the value
 */
export function specDiff(before: unknown, after: unknown, root: string): string {
  const lines: string[] = []
  collect(before, after, `{${root}}`, lines)
  return lines.join('\n')
}

function collect(before: unknown, after: unknown, path: string, lines: string[]): void {
  if (before === after) return
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length)
    for (let i = 0; i < length; i++) collect(before[i], after[i], `${path}[${i}]`, lines)
    return
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    for (const key of [...keys].sort()) collect(before[key], after[key], `${path}.${key}`, lines)
    return
  }
  lines.push(`${path}:`, `\t-: ${shown(before)}`, `\t+: ${shown(after)}`)
}

function shown(value: unknown): string {
  return value === undefined ? '<unset>' : JSON.stringify(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
