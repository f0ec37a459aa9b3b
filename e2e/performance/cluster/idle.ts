import { coreServices, endpoints, type Service } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { eventually } from '../../harness/eventually.ts'
import { cpuBetween, readUsage, type UsageByComponent } from './component-usage.ts'
import type { Observer } from './observer.ts'
import { percentile } from './percentile.ts'
import { components, idleLevels, summed } from './rows.ts'
import type { Surroundings } from './surroundings.ts'
import { createReady, fromZero, inNamespace, patienceMs, tinyService } from './tiny-service.ts'

/** For what follows from the last change to come to an end. */
const settleMs = 15_000
const lookMs = 20_000
/** One after the other. */
const oneByOne = 20

/** How long Services take to become Ready, and what the components take while nothing happens, with more and more of them. */
export async function measureIdle({ client, options, say, keep, keepSamples }: Surroundings): Promise<void> {
  await inNamespace(client, 'perf-idle', async (namespace, observed) => {
    const make = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, i) =>
        tinyService(namespace, `${prefix}-${i}`, options.image, fromZero),
      )
    await keepIdle({ client, say, keep }, 'idle.0', 0)
    const [, level = 0, ...more] = idleLevels
    const takenMs = await createReady(client, observed, make('first', level))
    say(`${level} Services at once: all Ready after ${(takenMs / 1000).toFixed(1)} s`)
    keep('apply.50', takenMs / 1000)
    await keepIdle({ client, say, keep }, `idle.${level}`, level)
    let there = level
    for (const next of more) {
      await createReady(client, observed, make(`to-${next}`, next - there))
      there = next
      await keepIdle({ client, say, keep }, `idle.${next}`, next)
    }
  })
  await inNamespace(client, 'perf-apply', async (namespace, observed) => {
    await kubernetesCaughtUp(client, namespace)
    keepReadyTimes('apply', await readyTimes(client, observed, namespace, options.image), {
      keep,
      keepSamples,
      say,
    })
  })
}

/**
 * Resolves once Kubernetes makes Endpoints at once again: after hundreds of Services were deleted its controllers work on that, half a
 * minute or more.
 */
async function kubernetesCaughtUp(client: Surroundings['client'], namespace: string): Promise<void> {
  const name = 'caught-up'
  await client.create(coreServices, {
    metadata: { namespace, name },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  })
  await eventually(
    'Kubernetes makes Endpoints',
    async () => (await client.list(endpoints, { namespace })).items.length > 0,
    { withinMs: patienceMs },
  )
}

/** Milliseconds from apply to Ready of Services made one by one. */
export async function readyTimes(
  client: Surroundings['client'],
  observed: Observer<Service>,
  namespace: string,
  image: string,
): Promise<number[]> {
  const timesMs: number[] = []
  for (let i = 0; i < oneByOne; i++) {
    timesMs.push(await createReady(client, observed, [tinyService(namespace, `one-${i}`, image, fromZero)]))
  }
  return timesMs
}

/** Keeps the median and the most of apply to Ready. */
export function keepReadyTimes(
  id: 'apply' | 'many',
  timesMs: readonly number[],
  { keep, keepSamples, say }: Pick<Surroundings, 'keep' | 'keepSamples' | 'say'>,
): void {
  keepSamples(id, timesMs)
  keep(`${id}.p50`, percentile(timesMs, 0.5))
  keep(`${id}.most`, Math.max(...timesMs))
  say(`apply to Ready, one by one: ${timesMs.map((ms) => Math.round(ms)).join(' ')} ms`)
}

/** Waits until the cluster is at rest, and keeps memory and processor time of each component. */
export async function keepIdle(
  { client, say, keep }: Pick<Surroundings, 'client' | 'say' | 'keep'>,
  id: string,
  there: number,
): Promise<void> {
  say(`idle with ${there} Services`)
  await systemClock.sleep(settleMs)
  const before = await readUsage(client)
  await systemClock.sleep(lookMs)
  const after = await readUsage(client)
  keepMemory(keep, id, after)
  for (const [component, us] of cpuBetween(before, after)) {
    keep(`${id}.cpu.${component}`, (us / 1000 / lookMs) * 100)
  }
}

/** Keeps the memory of each component, and of those in sum that count. */
export function keepMemory(keep: Surroundings['keep'], id: string, usage: UsageByComponent): void {
  if (usage.size === 0) return
  for (const component of Object.keys(components)) {
    const rssMB = usage.get(component)?.rssMB
    if (rssMB !== undefined) keep(`${id}.rss.${component}`, rssMB)
  }
  keep(
    `${id}.rss.sum`,
    summed.reduce((sum, component) => sum + (usage.get(component)?.rssMB ?? 0), 0),
  )
}
