/**
 * The smallest of `values` that a share `q` of them do not exceed, but for few values the one after: of 12, the 95th percentile is
 * the largest and the median the seventh. So the scripts reckon that measured upstream.
 */
export function percentile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
