import { isRecord, type JsonRecord } from '../meta/kube-object.ts'

/** Applies an RFC 7386 merge patch and returns the result; neither argument is changed. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch)
  const result: JsonRecord = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else if (value !== undefined) {
      const own = Object.hasOwn(result, key) ? result[key] : undefined
      const merged = applyMergePatch(own, value)
      Object.defineProperty(result, key, {
        value: merged,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
  }
  return result
}
