/** Growth that counts as none: this share of the earlier figure, or this much, whichever is more. */
const toleratedShare = 0.1
const toleratedBytes = 8 << 20

/** Samples, one a second, that are for warming up at least: compiled code, pools, the generations of the heap. */
const warmUpSamples = 60
/** Fewer say nothing. */
const leastSamples = 5

/** How a series of samples went. */
export interface Trend {
  /** Median of the first quarter after warming up. */
  readonly early: number
  /** Median of the last quarter. */
  readonly late: number
  readonly most: number
  /** Undefined after a run too short to tell. */
  readonly flat: boolean | undefined
}

/** Compares the beginning and the end of a series, one sample a second, without its first fifth, or first minute, of warming up. */
export function trendOf(bytes: readonly number[]): Trend {
  const most = Math.max(0, ...bytes)
  const warmUp = Math.max(Math.floor(bytes.length / 5), warmUpSamples)
  const quarter = Math.floor((bytes.length - warmUp) / 4)
  if (quarter < leastSamples) return { early: median(bytes), late: median(bytes), most, flat: undefined }
  const early = median(bytes.slice(warmUp, warmUp + quarter))
  const late = median(bytes.slice(-quarter))
  const allowed = early + Math.max(early * toleratedShare, toleratedBytes)
  return { early, late, most, flat: late <= allowed }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
