import { systemClock } from '@knative-ts/clock'
import type { Trend } from './accounts/flatness.ts'
import { footprintsOf, leaksSince } from './accounts/footprints.ts'
import { type Breakage, type Crash, type Departure, Ledger, type Tally } from './accounts/ledger.ts'
import { MemorySamples } from './accounts/memory-samples.ts'
import type { Death } from './accounts/verdict.ts'
import { Chaos } from './chaos.ts'
import { http2Revision, Planner } from './load/plan.ts'
import { Random } from './load/random.ts'
import type { SoakOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { Users } from './users.ts'
import { activatorIP, type RevisionSpec, World } from './world.ts'

const sleepy = 'sleepy-00001'
const specs: readonly RevisionSpec[] = [
  { name: 'open-00001', protocol: 'http1', concurrency: 0, pods: 3 },
  { name: 'limited-00001', protocol: 'http1', concurrency: 20, pods: 3 },
  { name: http2Revision, protocol: 'h2c', concurrency: 0, pods: 2 },
  { name: sleepy, protocol: 'http1', concurrency: 0, pods: 1 },
]
/** Until streams to the autoscaler are open. */
const settleMs = 4_000

/** What came out of a run with everything at once. */
export interface MixedResult {
  readonly requests: number
  readonly tallies: Readonly<Record<string, Tally>>
  readonly lost: readonly Breakage[]
  readonly chaos: Chaos['counts']
  readonly deaths: readonly Death[]
  readonly departures: readonly Departure[]
  readonly crashes: readonly Crash[]
  readonly memory: Readonly<Record<string, Trend>>
  readonly leaks: Readonly<Record<string, readonly string[]>>
}

/** Every kind of request at once, to pods that are killed and drained meanwhile. */
export async function runMixedLoad(
  options: SoakOptions,
  interrupted: AbortSignal,
  progress: Progress,
): Promise<MixedResult> {
  const planner = new Planner(options.only)
  const ledger = new Ledger()
  const world = new World(ledger)
  try {
    progress.say('starting the activator and pods')
    await world.start(specs)
    const busy = specs.filter(({ name }) => name !== sleepy).map(({ name }) => name)
    const steady = busy.map((name) => world.podsOf(name)[0]!)
    const watched = [world.activator, ...steady.map(({ queueProxy }) => queueProxy)]

    await systemClock.sleep(settleMs)
    const before = await footprintsOf(watched)
    world.open()

    const over = AbortSignal.any([interrupted, AbortSignal.timeout(options.minutes * 60_000)])
    const chaos = new Chaos(world, new Random(options.seed), new Set(steady), (text) => progress.say(text))
    const memory = new MemorySamples(watched)
    const startMs = systemClock.monotonic()
    const ticker = systemClock.every(1000, () => {
      const leftMs = options.minutes * 60_000 - (systemClock.monotonic() - startMs)
      progress.update(progressLine(ledger, chaos, leftMs))
    })
    const chaosEnded = chaos.run(busy, sleepy, over)
    progress.say(`${options.users} users for ${options.minutes} minutes`)
    await new Users(activatorIP, ledger, planner).run(options.users, options.seed, over)
    memory.stop()
    ticker.cancel()
    progress.say('no more requests; waiting for pods to end')
    await chaosEnded
    const leaks = await leaksSince(before, (text) => progress.update(text))
    return {
      requests: ledger.finished + ledger.open,
      tallies: Object.fromEntries(ledger.tallies()),
      lost: ledger.lost(),
      chaos: chaos.counts,
      deaths: ledger.deaths,
      departures: ledger.departures,
      crashes: ledger.crashes,
      memory: memory.trends(),
      leaks,
    }
  } finally {
    await world.stop()
  }
}

function progressLine(ledger: Ledger, { counts }: Chaos, leftMs: number): string {
  const { kills, drains, zeros } = counts
  const left = `${Math.max(0, Math.round(leftMs / 1000))} s left`
  const events = `${kills} kills, ${drains} drains, ${zeros} times to zero`
  return `${left}: ${ledger.finished} requests, ${ledger.lost().length - ledger.open} lost; ${events}`
}
