import { describe, expect, test } from '@jest/globals'
import { conditionOf, type Service } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { eventually, watchFor } from '../harness/eventually.ts'
import { type LoadResult, underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, gateway } = await connectSuite()

const scale = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]))
const revisionOf = (service: Service) => service.status?.latestReadyRevisionName ?? ''
const readyCount = async (revision: string) => (await workspace.readyPodsOf(revision)).length

/** How many pods `load` may bring where each is to have 70 % of `target`. */
const bounds = (load: number, target: number) => {
  const wanted = load / (target * 0.7)
  return { least: Math.floor(wanted), most: Math.ceil(Math.ceil(wanted) * 1.1) }
}

function expectAlmostAllAnswered({ requests, failures }: LoadResult): void {
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0)
  expect({ failures, share: failed / requests <= 0.001 }).toEqual({ failures, share: true })
}

describe.each(['linear', 'weighted-exponential'])('concurrency, %s', (algorithm) => {
  test('pods follow the requests in flight: up, to zero, and up again', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: scale({
        target: '6',
        window: '10s',
        'target-utilization-percentage': '70',
        'metric-aggregation-algorithm': algorithm,
      }),
    })
    const revision = revisionOf(service)
    const url = `${service.status?.url}/?sleep=1000`
    const { least, most } = bounds(12, 6)
    for (const round of ['first', 'second']) {
      const load = await underLoad(gateway, url, 12, async () => {
        await eventually(`${least} to ${most} pods, ${round} time`, async () => {
          const count = await readyCount(revision)
          return count >= Math.max(2, least) && count <= most
        })
      })
      expectAlmostAllAnswered(load)
      await workspace.scaled(revision, 0, { withinMs: 120_000 })
      expect(conditionOf((await workspace.revision(revision)).status, 'Ready')?.status).toBe('True')
    }
  })
})

describe('requests per second', () => {
  test('the number of pods follows the rate', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: scale({ metric: 'rps', target: '10', window: '10s', 'max-scale': '6' }),
    })
    const revision = revisionOf(service)
    // Each worker asks about 5 times a second.
    const load = await underLoad(
      gateway,
      `${service.status?.url}/?sleep=100`,
      4,
      async () => {
        await eventually('three pods', async () => (await readyCount(revision)) >= 2, { withinMs: 90_000 })
        const counts = await watchFor(5_000, () => readyCount(revision))
        expect(Math.max(...counts)).toBeLessThanOrEqual(5)
      },
      100,
    )
    expectAlmostAllAnswered(load)
  })
})

describe('panic', () => {
  test('a sudden burst brings pods long before the window is over', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: scale({ target: '2', window: '60s', 'max-scale': '5' }),
    })
    const revision = revisionOf(service)
    const load = await underLoad(gateway, `${service.status?.url}/?sleep=300`, 10, async () => {
      const startedMs = systemClock.monotonic()
      await eventually('five pods', async () => (await readyCount(revision)) === 5)
      expect(systemClock.monotonic() - startedMs).toBeLessThan(30_000)
      // While in panic the scale only rises.
      const counts = await watchFor(5_000, () => readyCount(revision))
      expect(Math.min(...counts)).toBe(5)
    })
    expectAlmostAllAnswered(load)
  })
})

describe('containerConcurrency 1', () => {
  test('each request in flight gets a pod, up to the maximum', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      spec: { containerConcurrency: 1 },
      annotations: scale({ window: '10s', 'max-scale': '4' }),
    })
    const load = await underLoad(gateway, `${service.status?.url}/?sleep=500`, 4, async () => {
      await workspace.scaled(revisionOf(service), 4)
    })
    expectAlmostAllAnswered(load)
  })
})
