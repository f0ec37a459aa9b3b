import type { Clock, Timer } from '@knative-ts/clock'
import type { Stat } from '@knative-ts/stats'
import {
  type AggregationAlgorithm,
  type ScalingMetric,
  type StatAverages,
  StatWindows,
} from '@knative-ts/stats/windows'
import { steadyTicks } from '../steady-ticks.ts'
import type { RevisionScraper } from './revision-scraper.ts'

const scrapeEveryMs = 1000

/** What is to be collected for one revision. */
export interface CollectionSpec {
  readonly stableWindowMs: number
  readonly panicWindowMs: number
  readonly algorithm: AggregationAlgorithm
  /** Undefined where activators alone report. */
  readonly scraper: Pick<RevisionScraper, 'scrape'> | undefined
}

export interface CollectorOptions {
  clock: Clock
  /** Scraping a revision began to fail, to succeed, or to fail in another way. */
  onErrorChange: (key: string) => void
  /** Told how long each scrape took that found something, or failed, in seconds. */
  onScraped?: (key: string, seconds: number) => void
}

interface Collection {
  spec: CollectionSpec
  readonly windows: StatWindows
  readonly ticking: Timer
  scraping: boolean
  error: Error | undefined
}

/** Gathers the load of every revision with a Metric, second by second. Keys are `namespace/revision`. */
export class Collector {
  readonly #options: CollectorOptions
  readonly #collections = new Map<string, Collection>()

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  /** Begins to collect, or changes how; returns the error of the latest scrape, if it failed. */
  createOrUpdate(key: string, spec: CollectionSpec): Error | undefined {
    const collection = this.#collections.get(key)
    const { clock } = this.#options
    const lengths = {
      stableSeconds: spec.stableWindowMs / 1000,
      panicSeconds: spec.panicWindowMs / 1000,
    }
    if (!collection) {
      this.#collections.set(key, {
        spec,
        windows: new StatWindows(lengths, spec.algorithm),
        ticking: steadyTicks(clock, scrapeEveryMs, () => void this.#scrape(key)),
        scraping: false,
        error: undefined,
      })
      return undefined
    }
    collection.spec = spec
    collection.windows.resize(lengths, this.#nowSeconds())
    return collection.error
  }

  /** Whether the load of this revision is collected. */
  has(key: string): boolean {
    return this.#collections.has(key)
  }

  /** Stops collecting for a revision. */
  delete(key: string): void {
    this.#collections.get(key)?.ticking.cancel()
    this.#collections.delete(key)
  }

  /** Stops collecting where `keep` is false. */
  retain(keep: (key: string) => boolean): void {
    for (const key of this.#collections.keys()) if (!keep(key)) this.delete(key)
  }

  /** Takes in a report of that second; ignored for a revision without a Metric. */
  record(key: string, timeSeconds: number, stat: Stat): void {
    this.#collections.get(key)?.windows.record(timeSeconds, stat)
  }

  /** The load now, or undefined while nothing is known. With activators alone, silence means no load. */
  averages(key: string, metric: ScalingMetric): StatAverages | undefined {
    const collection = this.#collections.get(key)
    if (!collection) return undefined
    const averages = collection.windows.averages(metric, this.#nowSeconds())
    if (!averages && !collection.spec.scraper) return { stable: 0, panic: 0 }
    return averages
  }

  /** Stops collecting altogether. */
  close(): void {
    this.retain(() => false)
  }

  async #scrape(key: string): Promise<void> {
    const collection = this.#collections.get(key)
    const scraper = collection?.spec.scraper
    if (!collection || !scraper || collection.scraping) return
    const { clock, onScraped } = this.#options
    collection.scraping = true
    const startedMs = clock.monotonic()
    try {
      const stat = await scraper.scrape()
      if (stat) {
        collection.windows.record(this.#nowSeconds(), stat)
        onScraped?.(key, (clock.monotonic() - startedMs) / 1000)
      }
      this.#setError(key, collection, undefined)
    } catch (error) {
      onScraped?.(key, (clock.monotonic() - startedMs) / 1000)
      this.#setError(key, collection, error instanceof Error ? error : new Error(String(error)))
    } finally {
      collection.scraping = false
    }
  }

  #setError(key: string, collection: Collection, error: Error | undefined): void {
    const changed = collection.error?.message !== error?.message
    collection.error = error
    if (changed && this.#collections.get(key) === collection) this.#options.onErrorChange(key)
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.now() / 1000)
  }
}
