import { expect, test } from '@jest/globals'
import { leases } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { BucketLeadership, bucketNames, processIdentity } from './leadership.ts'

test('bucket names are lower case with two digits each', () => {
  expect(bucketNames('controller.knative.dev.Serving.x', 2)).toEqual([
    'controller.knative.dev.serving.x.00-of-02',
    'controller.knative.dev.serving.x.01-of-02',
  ])
  expect(bucketNames('autoscaler-bucket', 1, '-')).toEqual(['autoscaler-bucket-00-of-01'])
})

test('an identity begins with the pod name', () => {
  expect(processIdentity('controller-abc-def')).toEqual({
    identity: expect.stringMatching(/^controller-abc-def_[0-9a-f-]{36}$/),
    podName: 'controller-abc-def',
  })
  expect(processIdentity(undefined).podName).toBeUndefined()
})

test('leads the keys of the buckets it holds, and is told of each', async () => {
  const client = new FakeKubeClient()
  const clock = new ManualClock()
  const buckets = bucketNames('q', 3)
  const taken = buckets[1] ?? ''
  client.seed(leases, {
    metadata: { name: taken, namespace: 'sys' },
    spec: { holderIdentity: 'other', leaseDurationSeconds: 60 },
  })
  const promoted: string[] = []
  const leadership = new BucketLeadership({
    client,
    clock,
    logger: silentLogger,
    namespace: 'sys',
    buckets,
    identity: 'me',
    times: { leaseDurationMs: 60_000, renewDeadlineMs: 40_000, retryPeriodMs: 10_000 },
    onPromote: (bucket) => promoted.push(bucket),
  })
  const abort = new AbortController()
  const ended = leadership.run(abort.signal)
  await clock.advance(0)
  expect(promoted.sort()).toEqual([buckets[0], buckets[2]])
  for (const key of ['ns/a', 'ns/b', 'ns/c', 'ns/d', 'ns/e', 'ns/f']) {
    expect(leadership.isLeaderFor(key)).toBe(leadership.bucketOf(key) !== taken)
  }
  abort.abort()
  await ended
  expect(leadership.isLeaderFor('ns/a')).toBe(false)
})
