import { describe, expect, test } from '@jest/globals'
import type { V1Pod } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Stat } from '@knative-ts/stats'
import { sampleSize } from '@knative-ts/stats/server'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'
import { ago, pod } from '../testing/objects.ts'
import { type MeshSettings, RevisionScraper } from './revision-scraper.ts'
import type { FetchOptions } from './stat-client.ts'

const nowMs = Date.UTC(2026, 0, 1)

const stat = (podName: string, change: Partial<Stat> = {}): Stat => ({
  podName,
  averageConcurrentRequests: 3,
  averageProxiedConcurrentRequests: 1,
  requestCount: 5,
  proxiedRequestCount: 2,
  processUptime: 100,
  timestamp: 0,
  ...change,
})

const mesh503 = () => new AutoscalerError(autoscalerErrorCodes.scrapeMesh, 'HTTP status 503')
const broken = () => new AutoscalerError(autoscalerErrorCodes.scrapeFailed, 'HTTP status 404')

const podsOf = (count: number, startTime = ago(nowMs, 600)): V1Pod[] =>
  Array.from({ length: count }, (_, i) => pod(`pod-${i}`, { ip: `10.0.0.${i}`, startTime }))

function scraper(
  pods: V1Pod[],
  answer: (host: string, options: FetchOptions) => Stat | Error,
  options: { mesh?: Partial<MeshSettings>; streamed?: Stat[] } = {},
) {
  const asked: string[] = []
  const created = new RevisionScraper({
    host: 'hello-00001-private.default',
    stableWindowMs: 60_000,
    readyPods: () => pods,
    streamed: () => new Map((options.streamed ?? []).map((s) => [s.podName, s])),
    source: {
      async fetch(host, fetchOptions) {
        asked.push(host)
        const result = answer(host, fetchOptions)
        if (result instanceof Error) throw result
        return result
      },
    },
    mesh: { mode: 'auto', podAddressability: false, ...options.mesh },
    clock: new ManualClock(nowMs),
    random: () => 0,
  })
  return { asked, scrape: () => created.scrape() }
}

test.each([
  [0, 0],
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 4],
  [6, 5],
  [7, 6],
  [8, 6],
  [10, 7],
  [15, 8],
  [20, 9],
  [30, 11],
  [50, 12],
  [100, 14],
  [200, 15],
  [500, 15],
  [1000, 16],
  [100_000, 16],
])('of %d pods %d are asked', (population, expected) => {
  expect(sampleSize(population)).toBe(expected)
})

describe('direct scrapes', () => {
  test('nothing is recorded without pods', async () => {
    expect(await scraper([], broken).scrape()).toBeUndefined()
  })

  test('a sample is extrapolated to all pods', async () => {
    const world = scraper(podsOf(10), (host) => stat(host))
    expect(await world.scrape()).toEqual({
      podName: 'service-scraper',
      averageConcurrentRequests: 30,
      averageProxiedConcurrentRequests: 10,
      requestCount: 50,
      proxiedRequestCount: 20,
      processUptime: 0,
      timestamp: 0,
    })
    expect(world.asked).toHaveLength(7)
  })

  test('a pod that fails is replaced by another', async () => {
    const world = scraper(podsOf(10), (host) => (host === '10.0.0.1' ? broken() : stat(host)))
    expect((await world.scrape())?.averageConcurrentRequests).toBe(30)
  })

  test('too few answers are an error', async () => {
    const world = scraper(podsOf(4), (host) => (host === '10.0.0.1' ? mesh503() : stat(host)))
    await expect(world.scrape()).rejects.toThrow('pods exhausted')
    expect(world.asked).toHaveLength(4)
  })

  test('old pods are asked first', async () => {
    const young = podsOf(3, ago(nowMs, 59))
    const old = podsOf(7, ago(nowMs, 60)).map((p, i) =>
      pod(`old-${i}`, { ip: `10.0.1.${i}`, startTime: p.status?.startTime ?? '' }),
    )
    const world = scraper([...young, ...old], (host) => stat(host))
    await world.scrape()
    expect(world.asked.every((host) => host.startsWith('10.0.1.'))).toBe(true)
  })

  test('young pods fill up the sample', async () => {
    const world = scraper(podsOf(3, ago(nowMs, 1)), (host) => stat(host))
    await world.scrape()
    expect(world.asked.sort()).toEqual(['10.0.0.0', '10.0.0.1', '10.0.0.2'])
  })
})

describe('behind a mesh', () => {
  const service = 'hello-00001-private.default'
  /** Pods answer 503, the Service answers for one pod after the other. */
  const viaService = (pods: number) => {
    let next = 0
    return (host: string) => (host === service ? stat(`pod-${next++ % pods}`) : mesh503())
  }

  test('the Service is asked if every pod looks like one, and from then on', async () => {
    const world = scraper(podsOf(3), viaService(3))
    expect((await world.scrape())?.averageConcurrentRequests).toBe(9)
    const direct = world.asked.filter((host) => host !== service).length
    await world.scrape()
    expect(world.asked.filter((host) => host !== service)).toHaveLength(direct)
  })

  test('other failures do not fall back', async () => {
    const world = scraper(podsOf(2), (host) => (host === '10.0.0.0' ? mesh503() : broken()))
    await expect(world.scrape()).rejects.toThrow('pods exhausted')
  })

  test('mode disabled never asks the Service', async () => {
    const world = scraper(podsOf(2), viaService(2), { mesh: { mode: 'disabled' } })
    await expect(world.scrape()).rejects.toThrow('all pod scrapes returned 503 error')
  })

  test('mode enabled asks nothing else', async () => {
    const world = scraper(podsOf(2), viaService(2), { mesh: { mode: 'enabled' } })
    await world.scrape()
    expect(new Set(world.asked)).toEqual(new Set([service]))
  })

  test('addressable pods are asked by the name of their Service, without fallback', async () => {
    const hosts: (string | undefined)[] = []
    const world = scraper(
      podsOf(2),
      (_, options) => {
        hosts.push(options.meshHost)
        return mesh503()
      },
      { mesh: { podAddressability: true } },
    )
    await expect(world.scrape()).rejects.toThrow('all pod scrapes returned 503 error')
    expect(hosts).toEqual([service, service])
  })

  test('a Service that always answers for the same pod is an error', async () => {
    const world = scraper(podsOf(3), (host) => (host === service ? stat('pod-0') : mesh503()))
    await expect(world.scrape()).rejects.toMatchObject({
      code: autoscalerErrorCodes.scrapeUnscraped,
      message: 'unsuccessful scrape, sampleSize=3: did not receive stat from an unscraped pod',
    })
  })

  test('a Service that fails is an error after ten tries', async () => {
    const world = scraper(podsOf(1), broken, { mesh: { mode: 'enabled' } })
    await expect(world.scrape()).rejects.toThrow('unsuccessful scrape, sampleSize=1: HTTP status 404')
    expect(world.asked).toHaveLength(10)
  })

  test('young processes count when there are no old ones', async () => {
    let next = 0
    const world = scraper(
      podsOf(2),
      () => stat(`pod-${next++ % 2}`, { processUptime: 59, averageConcurrentRequests: next }),
      { mesh: { mode: 'enabled' } },
    )
    expect((await world.scrape())?.averageConcurrentRequests).toBe(3)
  })
})

describe('with streams', () => {
  test('enough streams make requests unnecessary', async () => {
    const streamed = podsOf(10)
      .slice(0, 7)
      .map((p) => stat(p.metadata.name ?? ''))
    const world = scraper(podsOf(10), broken, { streamed })
    expect((await world.scrape())?.averageConcurrentRequests).toBe(30)
    expect(world.asked).toEqual([])
  })

  test('pods without a stream are asked for the rest', async () => {
    const streamed = [stat('pod-0', { averageConcurrentRequests: 6 })]
    const world = scraper(podsOf(3), (host) => stat(host), { streamed })
    expect((await world.scrape())?.averageConcurrentRequests).toBe(12)
    expect(world.asked.sort()).toEqual(['10.0.0.1', '10.0.0.2'])
  })

  test('what streams say is used when nothing else answers', async () => {
    const world = scraper(podsOf(3), broken, { streamed: [stat('pod-0')] })
    expect((await world.scrape())?.averageConcurrentRequests).toBe(9)
  })

  test('streams of pods that are not ready do not count', async () => {
    const world = scraper(podsOf(1), (host) => stat(host), { streamed: [stat('pod-9')] })
    await world.scrape()
    expect(world.asked).toEqual(['10.0.0.0'])
  })
})
