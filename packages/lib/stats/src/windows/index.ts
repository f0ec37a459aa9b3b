export { LinearBuckets } from './linear-buckets.ts'
export {
  type AggregationAlgorithm,
  type ScalingMetric,
  type StatAverages,
  StatWindows,
  type WindowLengths,
} from './stat-windows.ts'
export type { TimedBuckets } from './timed-buckets.ts'
export { WeightedBuckets } from './weighted-buckets.ts'
