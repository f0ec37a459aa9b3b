import type { Stat } from '../gen/metrics.ts'
import { LinearBuckets } from './linear-buckets.ts'
import type { TimedBuckets } from './timed-buckets.ts'
import { WeightedBuckets } from './weighted-buckets.ts'

export type AggregationAlgorithm = 'linear' | 'weighted-exponential'
export type ScalingMetric = 'concurrency' | 'rps'

export interface WindowLengths {
  stableSeconds: number
  panicSeconds: number
}

interface Pair {
  readonly stable: TimedBuckets
  readonly panic: TimedBuckets
}

/** The averages that a scaling decision rests on, as totals over all pods. */
export interface StatAverages {
  stable: number
  panic: number
}

/** Concurrency and request rate of one revision, each over its stable and its panic window. */
export class StatWindows {
  readonly #pairs: Readonly<Record<ScalingMetric, Pair>>

  /** The algorithm stays for the life of the windows. */
  constructor(lengths: WindowLengths, algorithm: AggregationAlgorithm) {
    const Buckets = algorithm === 'linear' ? LinearBuckets : WeightedBuckets
    const pair = (): Pair => ({
      stable: new Buckets(lengths.stableSeconds),
      panic: new Buckets(lengths.panicSeconds),
    })
    this.#pairs = { concurrency: pair(), rps: pair() }
  }

  /** Adds one report; what came through an activator is left out, since the activator reports it too. */
  record(timeSeconds: number, stat: Stat): void {
    const concurrency = stat.averageConcurrentRequests - stat.averageProxiedConcurrentRequests
    const rps = stat.requestCount - stat.proxiedRequestCount
    this.#pairs.concurrency.stable.record(timeSeconds, concurrency)
    this.#pairs.concurrency.panic.record(timeSeconds, concurrency)
    this.#pairs.rps.stable.record(timeSeconds, rps)
    this.#pairs.rps.panic.record(timeSeconds, rps)
  }

  /** Averages at `nowSeconds`, or undefined if nothing was reported within the stable window. */
  averages(metric: ScalingMetric, nowSeconds: number): StatAverages | undefined {
    const { stable, panic } = this.#pairs[metric]
    if (stable.isEmpty(nowSeconds)) return undefined
    return { stable: stable.average(nowSeconds), panic: panic.average(nowSeconds) }
  }

  /** Changes the window lengths, keeping what still fits. */
  resize(lengths: WindowLengths, nowSeconds: number): void {
    for (const pair of Object.values(this.#pairs)) {
      pair.stable.resize(lengths.stableSeconds, nowSeconds)
      pair.panic.resize(lengths.panicSeconds, nowSeconds)
    }
  }
}
