import type { LoadResult } from './task.ts'

/** What several measurements of one load say together: sums, and the median of their quantiles. */
export function together(parts: readonly LoadResult[]): LoadResult {
  const sum = (of: (part: LoadResult) => number) => parts.reduce((total, part) => total + of(part), 0)
  const median = (of: (part: LoadResult) => number) =>
    parts.map(of).toSorted((a, b) => a - b)[parts.length >> 1]!
  return {
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    seconds: sum(({ seconds }) => seconds),
    p50Us: median(({ p50Us }) => p50Us),
    p99Us: median(({ p99Us }) => p99Us),
    cpuUs: sum(({ cpuUs }) => cpuUs),
    childCpuUs: parts[0]!.childCpuUs.map((_, child) => sum(({ childCpuUs }) => childCpuUs[child]!)),
    loadCpuUs: sum(({ loadCpuUs }) => loadCpuUs),
  }
}
