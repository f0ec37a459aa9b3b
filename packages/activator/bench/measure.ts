import { systemClock } from '@knative-ts/clock'

const rounds = 7

/** Median microseconds that one of `calls` calls takes, over rounds after one to warm up. */
export function medianMicros(calls: number, call: (i: number) => void): number {
  const micros: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const startedMs = systemClock.monotonic()
    for (let i = 0; i < calls; i++) call(i)
    if (round > 0) micros.push(((systemClock.monotonic() - startedMs) * 1000) / calls)
  }
  return micros.sort((a, b) => a - b)[rounds >> 1]!
}
