import { systemClock } from '@knative-ts/clock'
import type { Trend } from './accounts/flatness.ts'
import { footprintsOf, leaksSince } from './accounts/footprints.ts'
import { Ledger } from './accounts/ledger.ts'
import { MemorySamples } from './accounts/memory-samples.ts'
import { Http1Sender } from './load/http1-sender.ts'
import type { Plan } from './load/plan.ts'
import type { SoakOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { activatorIP, World } from './world.ts'

const revision = 'tiny-00001'
const arrivalsPerSecond = 200
const patienceMs = 1000
/** One at a time, a quarter of a second each. */
const plan: Plan = {
  kind: 'overload',
  transport: 'http1',
  revision,
  delayMs: 250,
  downloadBytes: 13,
  downloadGapMs: 0,
  uploadBytes: 0,
  uploadGapMs: 0,
  readPauseMs: 0,
  abortAfterMs: patienceMs,
}
const calibrationRequests = 40
const settleMs = 4_000
/** Of what the revision can serve, answered in time. */
export const mustShare = 0.95

/** What came out of a run with too many requests. */
export interface OverloadResult {
  readonly sent: number
  readonly inTime: number
  /** Requests per second that the revision serves one client after the other. */
  readonly capacity: number
  /** Of what it could have served. */
  readonly share: number
  readonly memory: Readonly<Record<string, Trend>>
  readonly leaks: Readonly<Record<string, readonly string[]>>
}

/** Far more requests than a revision can serve, from clients that wait a second. */
export async function runOverload(
  options: SoakOptions,
  interrupted: AbortSignal,
  progress: Progress,
): Promise<OverloadResult> {
  const ledger = new Ledger()
  const world = new World(ledger)
  const sender = new Http1Sender(activatorIP)
  const send = async (abortAfterMs: number | undefined) => {
    const id = ledger.begin(plan)
    const ending = await sender.send({ ...plan, abortAfterMs }, id)
    ledger.end(id, ending)
    return ending.kind === 'answered'
  }
  try {
    progress.say('starting the activator and a pod')
    await world.start([{ name: revision, protocol: 'http1', concurrency: 1, pods: 1 }])
    await systemClock.sleep(settleMs)
    const watched = [world.activator, ...world.podsOf(revision).map(({ queueProxy }) => queueProxy)]
    const before = await footprintsOf(watched)
    world.open()

    progress.say('measuring what it can serve')
    await send(undefined)
    const calibrationMs = systemClock.monotonic()
    for (let i = 0; i < calibrationRequests; i++) await send(undefined)
    const capacity = (calibrationRequests * 1000) / (systemClock.monotonic() - calibrationMs)

    progress.say(
      `${arrivalsPerSecond} requests/s for ${options.minutes} minutes; it can serve ${capacity.toFixed(2)}`,
    )
    const memory = new MemorySamples(watched)
    const over = AbortSignal.any([interrupted, AbortSignal.timeout(options.minutes * 60_000)])
    const startMs = systemClock.monotonic()
    const underWay = new Set<Promise<void>>()
    let [sent, inTime] = [0, 0]
    const ticker = systemClock.every(1000, () => progress.update(`${sent} sent, ${inTime} answered in time`))
    while (!over.aborted) {
      const due = ((systemClock.monotonic() - startMs) * arrivalsPerSecond) / 1000
      for (; sent < due; sent++) {
        const request = send(patienceMs).then((answered) => {
          if (answered) inTime++
          underWay.delete(request)
        })
        underWay.add(request)
      }
      await systemClock.sleep(10)
    }
    const seconds = (systemClock.monotonic() - startMs) / 1000
    await Promise.all(underWay)
    memory.stop()
    ticker.cancel()
    sender.close()
    const leaks = await leaksSince(before, (text) => progress.update(text))
    return { sent, inTime, capacity, share: inTime / (capacity * seconds), memory: memory.trends(), leaks }
  } finally {
    await world.stop()
  }
}
