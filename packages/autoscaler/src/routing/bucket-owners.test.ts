import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { coreServices, endpointSlices, leases, type V1Lease } from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ManualClock } from '@knative-ts/clock/testing'
import { ownerOf } from '@knative-ts/kube'
import { FakeKubeClient, syncedInformers } from '@knative-ts/kube/testing'
import { bucketNames } from '@knative-ts/reconciler'
import { BucketOwners, holderIdentity, holderIp } from './bucket-owners.ts'
import { publishBucket } from './bucket-service.ts'

const namespace = 'knative-serving'
const buckets = bucketNames('autoscaler-bucket', 2, '-')
const [bucket0, bucket1] = buckets as [string, string]

const lease = (name: string, holderIdentity: string): V1Lease => ({
  metadata: testMeta(name, namespace),
  spec: { holderIdentity },
})

let abort: AbortController
beforeEach(() => {
  abort = new AbortController()
})
afterEach(() => abort.abort())

test('buckets are named as upstream names them', () => {
  expect(buckets).toEqual(['autoscaler-bucket-00-of-02', 'autoscaler-bucket-01-of-02'])
})

test.each([
  ['default/hello-00001', [2, 3, 5, 10], ['01', '00', '00', '05']],
  ['default/hello-00002', [2, 3, 5, 10], ['01', '01', '01', '08']],
  ['serving-tests/autoscale-00001', [2, 3, 5, 10], ['01', '00', '02', '02']],
  ['ns1/rev1', [2, 3, 5, 10], ['00', '01', '01', '03']],
  ['ns1/rev2', [2, 3, 5, 10], ['00', '01', '00', '05']],
  ['prod/checkout-00042', [2, 3, 5, 10], ['00', '00', '02', '08']],
])('%s belongs to the buckets that upstream gives it to', (key, totals, ordinals) => {
  const owners = totals.map(
    (total) => ownerOf(bucketNames('autoscaler-bucket', total, '-'), key).split('-')[2],
  )
  expect(owners).toEqual(ordinals)
})

test('a holder is known by the IP in its identity', () => {
  expect(holderIp(holderIdentity('autoscaler-1', '10.0.0.1'))).toBe('10.0.0.1')
  expect(holderIp('autoscaler-1_fd00::1')).toBe('fd00::1')
  expect(['', 'nobody', '_10.0.0.1', 'pod_', undefined].map(holderIp)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

describe('bucket owners', () => {
  async function setUp(...existing: V1Lease[]) {
    const client = new FakeKubeClient()
    client.seed(leases, ...existing)
    const led = new Set<string>()
    const changes: string[] = []
    const leadership = {
      bucketOf: (key: string) => ownerOf(buckets, key),
      isLeaderFor: (key: string) => led.has(ownerOf(buckets, key)),
    }
    const owners = await syncedInformers(client, new ManualClock(), abort.signal, (informers) => {
      return new BucketOwners(informers, namespace, buckets, '10.0.0.1', leadership, (bucket, ip) =>
        changes.push(`${bucket} ${ip}`),
      )
    })
    return { client, led, changes, owners }
  }
  const key0 = 'ns1/rev1'
  const key1 = 'default/hello-00001'

  test('are those who hold the Leases', async () => {
    const world = await setUp(
      lease(bucket0, 'autoscaler-1_10.0.0.1'),
      lease(bucket1, 'autoscaler-2_10.0.0.2'),
    )
    world.led.add(bucket0)
    expect(world.owners.ownerOf(key0)).toEqual({ kind: 'self' })
    expect(world.owners.ownerOf(key1)).toEqual({ kind: 'peer', bucket: bucket1, ip: '10.0.0.2' })
    expect(world.owners.isHeldHere(bucket0)).toBe(true)
    expect(world.owners.isHeldHere(bucket1)).toBe(false)
  })

  test('are unknown while a Lease is free, unreadable, or ours but not yet led', async () => {
    const world = await setUp(lease(bucket0, 'autoscaler-1_10.0.0.1'), lease(bucket1, ''))
    expect(world.owners.ownerOf(key0)).toEqual({ kind: 'unknown' })
    expect(world.owners.ownerOf(key1)).toEqual({ kind: 'unknown' })
  })

  test('change with the Leases, not with each renewal, nor with Leases of others', async () => {
    const world = await setUp(lease(bucket0, 'autoscaler-1_10.0.0.1'))
    world.client.replace(leases, lease(bucket0, 'autoscaler-1_10.0.0.1'))
    world.client.replace(leases, lease(bucket0, 'autoscaler-2_10.0.0.2'))
    world.client.seed(leases, lease('another', 'x_10.0.0.9'))
    world.client.remove(leases, namespace, bucket0)
    expect(world.changes).toEqual([`${bucket0} 10.0.0.1`, `${bucket0} 10.0.0.2`])
    expect(world.owners.ownerOf(key0)).toEqual({ kind: 'peer', bucket: bucket0, ip: '10.0.0.2' })
  })

  test('are unknown again when a holder lets go', async () => {
    const world = await setUp(lease(bucket1, 'autoscaler-2_10.0.0.2'))
    world.client.replace(leases, lease(bucket1, ''))
    expect(world.owners.ownerOf(key1)).toEqual({ kind: 'unknown' })
  })
})

test("a bucket's Service is left as it is, its endpoint follows the holder", async () => {
  const client = new FakeKubeClient()
  await publishBucket(client, namespace, bucket0, '10.0.0.1')
  await publishBucket(client, namespace, bucket0, '10.0.0.1')
  await publishBucket(client, namespace, bucket0, 'fd00::2')
  expect(client.writes.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
    'create services',
    'create endpointslices',
    'update endpointslices',
  ])
  expect(client.peek(coreServices, namespace, bucket0)?.spec?.ports?.[0]?.port).toBe(8080)
  expect(client.peek(endpointSlices, namespace, bucket0)?.endpoints?.[0]?.addresses).toEqual(['fd00::2'])
})
