import { describe, expect, test } from '@jest/globals'
import { leases } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { parseLeaderElectionConfig } from '@knative-ts/config'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { Elections } from './elections.ts'

function electionsOf(client: FakeKubeClient, clock: ManualClock, identity: string, data = {}): Elections {
  const config = parseLeaderElectionConfig(data)
  return new Elections({ client, clock, logger: silentLogger, namespace: 'sys', identity, config })
}

describe('Elections', () => {
  test('resyncs when a bucket is won, and leads only its keys', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    const stop = new AbortController()
    const elections = electionsOf(client, clock, 'a', { buckets: '2' })
    let resyncs = 0
    const leadership = elections.enter('route', () => resyncs++)
    expect(leadership.isLeaderFor('default/foo')).toBe(false)
    const running = elections.run(stop.signal)
    await clock.settle()
    expect(resyncs).toBe(2)
    expect(leadership.isLeaderFor('default/foo')).toBe(true)
    expect(client.peekAll(leases).map(({ metadata }) => metadata.name)).toEqual([
      'controller.knative.dev.serving.pkg.reconciler.route.reconciler.00-of-02',
      'controller.knative.dev.serving.pkg.reconciler.route.reconciler.01-of-02',
    ])
    stop.abort()
    await running
    expect(leadership.isLeaderFor('default/foo')).toBe(false)
  })

  test('leaves the Leases that another process holds to it, and takes them over when it goes', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    const [stopFirst, stopSecond] = [new AbortController(), new AbortController()]
    const [first, second] = ['a', 'b'].map((identity) => electionsOf(client, clock, identity))
    first!.enter('route', () => {})
    const waiting = second!.enter('route', () => {})
    const runningFirst = first!.run(stopFirst.signal)
    await clock.settle()
    const runningSecond = second!.run(stopSecond.signal)
    await clock.advance(30_000)
    expect(waiting.isLeaderFor('default/foo')).toBe(false)
    stopFirst.abort()
    await runningFirst
    await clock.advance(10_000)
    expect(waiting.isLeaderFor('default/foo')).toBe(true)
    stopSecond.abort()
    await runningSecond
    expect(clock.pendingTimers).toBe(0)
  })

  test('uses a replacement of the prefix', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    const stop = new AbortController()
    const elections = electionsOf(client, clock, 'a', {
      'map-lease-prefix.controller.knative.dev.serving.pkg.reconciler.route.reconciler': 'Short.Route',
    })
    elections.enter('route', () => {})
    const running = elections.run(stop.signal)
    await clock.settle()
    expect(client.peekAll(leases).map(({ metadata }) => metadata.name)).toEqual(['short.route.00-of-01'])
    stop.abort()
    await running
  })
})
