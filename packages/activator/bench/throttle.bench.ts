import type { Clock } from '@knative-ts/clock'
import { RevisionBackends } from '../src/backends/revision-backends.ts'
import { backendsOf, benchThrottler, podAddresses } from './bench-revision.ts'
import { medianMicros } from './measure.ts'

/** What is measured, how long it takes, µs, and how long it may. */
export interface Measured {
  readonly what: string
  readonly micros: number
  readonly limitMicros: number
}

const podCount = 1000
const decisionLimitMicros = 2
const changeLimitMicros = 100

/** Reserving and releasing a slot among many pods, most of them busy. */
function decision(containerConcurrency: number): Measured {
  const throttler = benchThrottler(containerConcurrency)
  throttler.updateBackends(backendsOf(podAddresses(podCount)))
  const held = Array.from({ length: podCount * Math.max(1, containerConcurrency) - 1 }, () =>
    throttler.reserve(),
  )
  const micros = medianMicros(200_000, () => {
    const pod = throttler.reserve()
    if (pod) throttler.release(pod)
  })
  for (const pod of held) if (pod) throttler.release(pod)
  throttler.close()
  return {
    what: `choose a pod of 1,000, cc ${containerConcurrency}`,
    micros,
    limitMicros: decisionLimitMicros,
  }
}

/** Handing a freed slot to the next of 10,000 in line. */
function handOver(): Measured {
  const throttler = benchThrottler(1)
  const pods = podAddresses(podCount)
  throttler.updateBackends(backendsOf(pods))
  let pod = throttler.reserve()!
  for (let i = 1; i < podCount; i++) throttler.reserve()
  const join = () =>
    throttler.wait(
      {
        granted: (granted) => {
          pod = granted
        },
        refused: () => {},
      },
      500,
    )
  for (let i = 0; i < 10_000; i++) join()
  const micros = medianMicros(100_000, () => {
    join()
    throttler.release(pod)
  })
  throttler.close()
  return { what: 'hand a slot to one of 10,000 waiting', micros, limitMicros: decisionLimitMicros }
}

/** Time that passes fast enough for each change to be published by itself. */
function hastyClock(): Clock {
  let nowMs = 0
  const never = { cancel: () => {} }
  const tick = () => (nowMs += 1000)
  return { now: tick, monotonic: tick, after: () => never, every: () => never, sleep: async () => {} }
}

/** A pod comes or goes, from news of it to the throttler having it. */
function change(containerConcurrency: number): Measured {
  const throttler = benchThrottler(containerConcurrency)
  throttler.updateActivators(0, 2)
  const backends = new RevisionBackends({
    clock: hastyClock(),
    probe: async () => ({ kind: 'ready' }),
    probeFrequencyMs: 200,
    meshMode: 'disabled',
    podAddressability: true,
    usePodsBeforeReady: true,
    clusterIP: () => undefined,
    publish: (published) => throttler.updateBackends(published),
  })
  const all = new Set(podAddresses(podCount))
  const [last] = [...all].slice(-1)
  const without = new Set(all)
  without.delete(last!)
  const none = new Set<string>()
  const micros = medianMicros(2000, (i) =>
    backends.observe({ ready: i % 2 === 0 ? all : without, notReady: none }),
  )
  backends.close()
  throttler.close()
  return {
    what: `one pod of 1,000 changes, cc ${containerConcurrency}`,
    micros,
    limitMicros: changeLimitMicros,
  }
}

/** Measures the throttler. */
export function benchThrottle(): Measured[] {
  return [...[0, 1, 10].map(decision), handOver(), ...[0, 10].map(change)]
}
