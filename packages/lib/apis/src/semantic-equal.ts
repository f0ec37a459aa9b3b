import { sameQuantity } from './syntax/quantity.ts'

/** Keys below which Kubernetes keeps resource quantities, which compare by value. */
const quantityKeys = new Set(['requests', 'limits', 'sizeLimit', 'capacity', 'divisor'])

/**
 * Whether two JSON values mean the same on the Kubernetes API: absent, null and empty lists are one, and
 * quantities compare by value (`1000m` is `1`). An empty object is not the same as none: `emptyDir: {}` says
 * something.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  return equal(a, b, false)
}

function equal(a: unknown, b: unknown, quantity: boolean): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return true
  if (quantity && isScalar(a) && isScalar(b)) return sameQuantity(String(a), String(b))
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equal(item, b[i], false))
  }
  if (!isRecord(a) || !isRecord(b)) return false
  for (const key of Object.keys(a)) {
    if (!equal(a[key], b[key], quantity || quantityKeys.has(key))) return false
  }
  return Object.keys(b).every((key) => Object.hasOwn(a, key) || isNothing(b[key]))
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
