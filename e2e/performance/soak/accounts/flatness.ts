/** Growth that counts as none: this share of the earlier figure, or this much, whichever is more. */
const toleratedShare = 0.1
const toleratedBytes = 8 << 20

/** How a series of samples went. */
export interface Trend {
  /** Median of the second fifth. */
  readonly early: number
  /** Median of the last fifth. */
  readonly late: number
  readonly most: number
  readonly flat: boolean
}

/** Compares the second fifth of a series with its last. The first fifth is for warming up. Needs at least five samples. */
export function trendOf(bytes: readonly number[]): Trend {
  const fifth = Math.floor(bytes.length / 5)
  const early = median(bytes.slice(fifth, 2 * fifth))
  const late = median(bytes.slice(-fifth))
  const allowed = early + Math.max(early * toleratedShare, toleratedBytes)
  return { early, late, most: Math.max(...bytes), flat: late <= allowed }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
