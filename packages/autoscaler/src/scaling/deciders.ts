import type { Clock, Timer } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import type { Stat } from '@knative-ts/stats'
import type { ScalingMetric, StatAverages } from '@knative-ts/stats/windows'
import { steadyTicks } from '../steady-ticks.ts'
import { Decider, type DeciderStatus, undecided } from './decider.ts'
import type { DeciderSpec } from './decider-spec.ts'
import { slotMs } from './scale-down-delay.ts'

export interface DecidersOptions {
  clock: Clock
  logger: Logger
  /** Load of a revision, or undefined while none is known. */
  averages: (key: string, metric: ScalingMetric) => StatAverages | undefined
  /** Pods of a revision that are running, ready and not on their way out. */
  readyPods: (key: string) => number
  /** A decision has changed. */
  onChange: (key: string) => void
  /** Told of every decision, for metrics. */
  onDecision?: (key: string, decider: Decider, averages: StatAverages) => void
}

interface Entry {
  readonly decider: Decider
  readonly ticking: Timer
}

/** The deciders of all revisions by key; each decides every 2 s, and at once when load comes to an idle one. */
export class Deciders {
  readonly #options: DecidersOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: DecidersOptions) {
    this.#options = options
  }

  /** The decider's latest decision, after creating it or giving it the current spec. */
  ensure(key: string, spec: DeciderSpec): DeciderStatus {
    const existing = this.#entries.get(key)?.decider
    if (existing) {
      existing.spec = spec
      return existing.status
    }
    const { clock, readyPods } = this.#options
    const decider = new Decider(spec, readyPods(key), clock.now())
    this.#entries.set(key, { decider, ticking: steadyTicks(clock, slotMs, () => this.#evaluate(key)) })
    return decider.status
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  delete(key: string): void {
    this.#entries.get(key)?.ticking.cancel()
    this.#entries.delete(key)
  }

  /** Drops the deciders for which `keep` is false. */
  retain(keep: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (!keep(key)) this.delete(key)
  }

  /** Decides at once if `stat` is the first load of a revision without pods. */
  poke(key: string, stat: Stat): void {
    const decider = this.#entries.get(key)?.decider
    if (!decider || stat.averageConcurrentRequests === 0) return
    const { desired } = decider.status
    const idle = desired === 0 || (desired === undecided && this.#options.readyPods(key) === 0)
    if (idle) this.#evaluate(key)
  }

  /** Stops all deciders. */
  close(): void {
    this.retain(() => false)
  }

  #evaluate(key: string): void {
    const { averages, readyPods, clock, logger, onChange, onDecision } = this.#options
    const decider = this.#entries.get(key)?.decider
    if (!decider) return
    const load = averages(key, decider.spec.metric)
    if (!load) return
    const panicked = decider.panicking
    const changed = decider.evaluate(readyPods(key), load, clock.now())
    if (decider.panicking !== panicked) {
      logger.info(panicked ? 'Un-panicking.' : 'PANICKING.', { 'knative.dev/key': key })
    }
    onDecision?.(key, decider, load)
    if (changed) onChange(key)
  }
}
