import { afterEach, describe, expect, test } from '@jest/globals'
import { leases } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { silentLogger } from '@knative-ts/observability'
import { ApiError } from './api-error.ts'
import { LeaderElector } from './leader-election.ts'
import { FakeKubeClient } from './testing/index.ts'

const aborts: AbortController[] = []
afterEach(() => {
  for (const abort of aborts.splice(0)) abort.abort()
})

function contender(client: FakeKubeClient, clock: ManualClock, identity: string, podName?: string) {
  const log: string[] = []
  const abort = new AbortController()
  aborts.push(abort)
  const elector = new LeaderElector({
    client,
    clock,
    logger: silentLogger,
    namespace: 'sys',
    leaseName: 'bucket',
    identity,
    ...(podName === undefined ? {} : { podName }),
    leaseDurationMs: 15_000,
    renewDeadlineMs: 10_000,
    retryPeriodMs: 2_000,
    onPromote: () => log.push('up'),
    onDemote: () => log.push('down'),
  })
  const ended = elector.run(abort.signal)
  return { elector, log, abort, ended }
}

describe('LeaderElector', () => {
  test('takes a free lease and renews it', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    const a = contender(client, clock, 'a')
    await clock.advance(0)
    expect(a.log).toEqual(['up'])
    const first = client.peek(leases, 'sys', 'bucket')
    expect(first?.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 })
    await clock.advance(4_000)
    expect(client.peek(leases, 'sys', 'bucket')?.spec?.renewTime).not.toBe(first?.spec?.renewTime)
    expect(client.peek(leases, 'sys', 'bucket')?.spec?.acquireTime).toBe(first?.spec?.acquireTime)
  })

  test('waits for a holder that has vanished for as long as the lease lasts, by its own clock', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    client.seed(leases, {
      metadata: { name: 'bucket', namespace: 'sys' },
      spec: { holderIdentity: 'ghost', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' },
    })
    const b = contender(client, clock, 'b')
    await clock.advance(14_000)
    expect(b.log).toEqual([])
    await clock.advance(4_000)
    expect(b.log).toEqual(['up'])
  })

  test('takes over at once from an earlier process of its own pod, and only of that', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    client.seed(leases, {
      metadata: { name: 'bucket', namespace: 'sys' },
      spec: { holderIdentity: 'pod-1_old', leaseDurationSeconds: 15 },
    })
    const other = contender(client, clock, 'pod-10_x', 'pod-10')
    const same = contender(client, clock, 'pod-1_new', 'pod-1')
    await clock.advance(0)
    expect(other.log).toEqual([])
    expect(same.log).toEqual(['up'])
  })

  test('never takes a lease that is being renewed', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    contender(client, clock, 'a')
    await clock.advance(0)
    const b = contender(client, clock, 'b')
    await clock.advance(60_000)
    expect(b.log).toEqual([])
  })

  test('hands over at once on a clean stop', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    const a = contender(client, clock, 'a')
    await clock.advance(0)
    const b = contender(client, clock, 'b')
    await clock.advance(2_000)
    a.abort.abort()
    await a.ended
    expect(a.log).toEqual(['up', 'down'])
    expect(client.peek(leases, 'sys', 'bucket')?.spec?.holderIdentity).toBe('')
    await clock.advance(2_000)
    expect(b.log).toEqual(['up'])
    expect(client.peek(leases, 'sys', 'bucket')?.spec).toMatchObject({
      holderIdentity: 'b',
      leaseTransitions: 1,
    })
  })

  test('steps down when it cannot renew within the deadline, and not before', async () => {
    const client = new FakeKubeClient()
    const clock = new ManualClock()
    const a = contender(client, clock, 'a')
    await clock.advance(0)
    let cut = true
    client.intercept(() => {
      if (cut) throw new ApiError('Unreachable', 'cut off')
    })
    await clock.advance(8_000)
    expect(a.elector.leading).toBe(true)
    await clock.advance(4_000)
    expect(a.log).toEqual(['up', 'down'])
    cut = false
    await clock.advance(2_000)
    expect(a.log).toEqual(['up', 'down', 'up'])
  })
})
