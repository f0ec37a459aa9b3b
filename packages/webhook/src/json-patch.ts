import type { JsonPatchOperation } from '@knative-ts/kube'

/**
 * The JSON Patch (RFC 6902) that turns one JSON value into another. It goes as deep as objects and lists of
 * equal length agree; a list of another length is replaced as a whole.
 */
export function jsonPatch(before: unknown, after: unknown): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = []
  compare(before, after, '', operations)
  return operations
}

function compare(before: unknown, after: unknown, path: string, operations: JsonPatchOperation[]): void {
  if (before === after) return
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((item, i) => {
      compare(item, after[i], `${path}/${i}`, operations)
    })
    return
  }
  if (!isRecord(before) || !isRecord(after)) {
    if (!Array.isArray(before) || !Array.isArray(after) || before.length + after.length > 0) {
      operations.push({ op: 'replace', path, value: after })
    }
    return
  }
  for (const key of Object.keys(before)) {
    if (after[key] === undefined && before[key] !== undefined) {
      operations.push({ op: 'remove', path: child(path, key) })
    }
  }
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue
    if (Object.hasOwn(before, key) && before[key] !== undefined) {
      compare(before[key], value, child(path, key), operations)
    } else operations.push({ op: 'add', path: child(path, key), value })
  }
}

function child(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
