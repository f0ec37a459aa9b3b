import { systemClock, type Timer } from '@knative-ts/clock'
import type { Child } from '../processes/child.ts'
import { type Trend, trendOf } from './flatness.ts'

const sampleMs = 1000

/** Samples what processes take while the load is on. */
export class MemorySamples {
  readonly #series: readonly { readonly child: Child; readonly bytes: number[] }[]
  readonly #timer: Timer

  constructor(children: readonly Child[]) {
    this.#series = children.map((child) => ({ child, bytes: [] }))
    this.#timer = systemClock.every(sampleMs, () => {
      for (const { child, bytes } of this.#series) bytes.push(child.residentBytes())
    })
  }

  stop(): void {
    this.#timer.cancel()
  }

  /** By process. */
  trends(): Record<string, Trend> {
    return Object.fromEntries(this.#series.map(({ child, bytes }) => [child.name, trendOf(bytes)]))
  }
}
