const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/**
 * A short fingerprint of JSON values, equal for equal values whatever their key order: 32-bit FNV-1a in
 * base 36. Changing it rewrites every Deployment once.
 */
export function fingerprint(value: unknown): string {
  let hash = fnvOffset
  for (const byte of Buffer.from(canonicalJson(value), 'utf8')) hash = Math.imul(hash ^ byte, fnvPrime)
  return (hash >>> 0).toString(36)
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
