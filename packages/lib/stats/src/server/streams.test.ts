import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ActivatorStatsClient, type PodChange, PodStatsClient, type Stat } from '../index.ts'
import { type PodReporter, type RevisionOwner, type StatsHost, StatsServer } from './index.ts'

const key = 'default/hello-00001'

/** An autoscaler as the streams see it, with knobs; `until` waits for something that the sockets will bring. */
class TestHost implements StatsHost {
  owner: RevisionOwner = { kind: 'self' }
  readonly podIps = new Set(['127.0.0.1'])
  readonly podUids = new Set<string>()
  readonly askedAbout = new Set<string>()
  pods = 1
  readonly loads: string[] = []
  ownerOf(): RevisionOwner {
    return this.owner
  }
  isPodOf(_key: string, { podUid, ip }: PodReporter): boolean {
    this.askedAbout.add(ip)
    return this.podIps.has(ip) || this.podUids.has(podUid)
  }
  podCount(): number {
    return this.pods
  }
  onLoad(namespace: string, revision: string, stat: Stat): void {
    this.loads.push(`${namespace}/${revision} ${stat.podName} ${stat.averageConcurrentRequests}`)
    changed()
  }
}

const waiting = new Set<() => void>()

function changed(): void {
  for (const check of waiting) check()
}

function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!condition()) return
      waiting.delete(check)
      resolve()
    }
    waiting.add(check)
    check()
  })
}

const stat = (podName: string, averageConcurrentRequests: number): Stat => ({
  podName,
  averageConcurrentRequests,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
})

let clock: ManualClock
let host: TestHost
let server: StatsServer
let address: string
const closing: { close(): unknown }[] = []

async function startServer(withHost: TestHost): Promise<{ server: StatsServer; address: string }> {
  const started = new StatsServer(withHost, clock, () => 0)
  closing.push(started)
  return { server: started, address: `127.0.0.1:${await started.listen('127.0.0.1', 0)}` }
}

beforeEach(async () => {
  clock = new ManualClock()
  host = new TestHost()
  ;({ server, address } = await startServer(host))
})

afterEach(async () => {
  for (const resource of closing.splice(0).reverse()) await resource.close()
  waiting.clear()
})

/** A queue-proxy whose samples count how often it was asked. */
function startPod(
  podName: string,
  options: { address?: string; localAddress?: string; clock?: ManualClock } = {},
) {
  const pod = {
    asked: 0,
    client: new PodStatsClient({
      address: options.address ?? address,
      namespace: 'default',
      revision: 'hello-00001',
      podName,
      podUid: `uid of ${podName}`,
      sample: (): Stat => {
        pod.asked++
        setImmediate(changed)
        return stat(podName, pod.asked)
      },
      clock: options.clock ?? clock,
      random: () => 0,
      ...(options.localAddress ? { localAddress: options.localAddress } : {}),
    }),
  }
  closing.push(pod.client)
  pod.client.start()
  return pod
}

function startActivator(options: { address?: string } = {}) {
  const activator = {
    pods: [] as PodChange[],
    connections: [] as boolean[],
    client: new ActivatorStatsClient({
      address: options.address ?? address,
      podName: 'activator-1',
      clock,
      random: () => 0,
      onPods: (changes) => {
        activator.pods.push(...changes)
        changed()
      },
      onConnectedChange: (connected) => {
        activator.connections.push(connected)
        changed()
      },
    }),
  }
  closing.push(activator.client)
  activator.client.start()
  return activator
}

const load = (averageConcurrentRequests: number) => ({
  namespace: 'default',
  revision: 'hello-00001',
  averageConcurrentRequests,
  requestCount: averageConcurrentRequests,
  idle: false,
})

const poll = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('a queue-proxy', () => {
  test('reports at once when its container is ready, then as often as it is asked to', async () => {
    const pod = startPod('pod-1')
    pod.client.markReady(8012)
    await poll(() => server.samples(key).size === 1)
    expect(server.samples(key).get('pod-1')?.averageConcurrentRequests).toBe(1)
    await clock.advance(1000)
    await poll(() => server.samples(key).get('pod-1')?.averageConcurrentRequests === 2)
    expect(pod.asked).toBe(2)
  })

  test('whose stat is older than two periods is not counted', async () => {
    const own = new ManualClock()
    const pod = startPod('pod-1', { clock: own })
    pod.client.markReady(8012)
    await poll(() => server.samples(key).size === 1)
    await clock.advance(2500)
    expect(server.samples(key).size).toBe(1)
    await clock.advance(1)
    expect(server.samples(key).size).toBe(0)
  })

  test('outside the sample goes away and comes back after its pause', async () => {
    host.pods = 3
    for (const name of ['pod-1', 'pod-2', 'pod-3']) startPod(name).client.markReady(8012)
    await poll(() => server.samples(key).size === 3)
    const fourth = startPod('pod-4')
    fourth.client.markReady(8012)
    await clock.settle()
    await poll(() => clock.pendingTimers === 3 * 2 + 1)
    expect(fourth.asked).toBe(0)
    host.pods = 4
    await clock.advance(15_000)
    await poll(() => fourth.asked > 0)
    await poll(() => server.samples(key).has('pod-4'))
  })

  test('gets the place of the pod that had the longest turn', async () => {
    const first = startPod('pod-1')
    first.client.markReady(8012)
    await poll(() => first.asked > 0)
    await clock.advance(60_000)
    const second = startPod('pod-2')
    second.client.markReady(8012)
    // The first one waits for its return, the second one pings and reports.
    await poll(() => second.asked > 0 && clock.pendingTimers === 3)
    const asked = first.asked
    await clock.advance(5000)
    expect(first.asked).toBe(asked)
  })

  test('is sent to the owner of its revision', async () => {
    const ownerHost = new TestHost()
    const owner = await startServer(ownerHost)
    host.owner = { kind: 'peer', address: owner.address }
    const pod = startPod('pod-1')
    pod.client.markReady(8012)
    await poll(() => owner.server.samples(key).size === 1)
    expect(server.samples(key).size).toBe(0)
  })

  test('moves when its revision moves', async () => {
    const owner = await startServer(new TestHost())
    const pod = startPod('pod-1')
    pod.client.markReady(8012)
    await poll(() => server.samples(key).size === 1)
    host.owner = { kind: 'peer', address: owner.address }
    server.ownersChanged()
    await poll(() => owner.server.samples(key).size === 1)
    expect(server.samples(key).size).toBe(0)
  })

  test('gives up on autoscalers that send it in circles, and starts over after a back-off', async () => {
    host.owner = { kind: 'peer', address }
    const pod = startPod('pod-1')
    pod.client.markReady(8012)
    await poll(() => clock.pendingTimers === 1)
    host.owner = { kind: 'self' }
    await clock.advance(100)
    await poll(() => pod.asked > 0)
  })

  test('reconnects with back-off to an autoscaler that went away', async () => {
    const pod = startPod('pod-1')
    pod.client.markReady(8012)
    await poll(() => server.samples(key).size === 1)
    const port = Number(address.split(':')[1])
    await server.close()
    await poll(() => clock.pendingTimers === 1)
    const again = new StatsServer(host, clock)
    closing.push(again)
    await again.listen('127.0.0.1', port)
    await clock.advance(100)
    await poll(() => again.samples(key).size === 1)
  })
})

describe('pushed readiness', () => {
  test('reaches the activators that hold requests for the revision, and only them', async () => {
    const interested = startActivator()
    const idle = startActivator()
    interested.client.report([load(1)])
    await until(() => host.loads.length === 1)
    const pod = startPod('pod-1')
    pod.client.markReady(8012)
    await until(() => interested.pods.length === 1)
    expect(interested.pods).toEqual([
      {
        namespace: 'default',
        revision: 'hello-00001',
        podName: 'pod-1',
        ip: '127.0.0.1',
        port: 8012,
        ready: true,
      },
    ])
    pod.client.markNotReady()
    await until(() => interested.pods.length === 2)
    expect(interested.pods[1]).toMatchObject({ podName: 'pod-1', ready: false })
    expect(idle.pods).toEqual([])
  })

  test('is told to an activator that asks later', async () => {
    startPod('pod-1').client.markReady(8012)
    await poll(() => server.samples(key).size === 1)
    const late = startActivator()
    late.client.report([load(1)])
    await until(() => late.pods.length === 1)
  })

  test('is refused from an address that is no pod of the revision, and accepted once it is', async () => {
    host.podIps.clear()
    const activator = startActivator()
    activator.client.report([load(1)])
    await until(() => host.loads.length === 1)
    const pod = startPod('pod-1', { localAddress: '127.0.0.9' })
    pod.client.markReady(8012)
    await poll(() => host.askedAbout.has('127.0.0.9'))
    await clock.settle()
    expect(activator.pods).toEqual([])
    expect(pod.asked).toBe(0)
    host.podIps.add('127.0.0.9')
    server.podsChanged(key)
    await until(() => activator.pods.length === 1)
    expect(activator.pods[0]).toMatchObject({ ip: '127.0.0.9', ready: true })
  })

  test('is believed by the UID of a pod whose IP is not known yet, and taken back when that turns out to be another', async () => {
    host.podIps.clear()
    host.podUids.add('uid of pod-1')
    const activator = startActivator()
    activator.client.report([load(1)])
    await until(() => host.loads.length === 1)
    startPod('pod-1').client.markReady(8012)
    await until(() => activator.pods.length === 1)
    expect(activator.pods[0]).toMatchObject({ podName: 'pod-1', ip: '127.0.0.1', ready: true })
    host.podUids.clear()
    server.podsChanged(key)
    await until(() => activator.pods.length === 2)
    expect(activator.pods[1]).toMatchObject({ podName: 'pod-1', ip: '127.0.0.1', ready: false })
  })

  test('of a pod is not disturbed by another address that takes its name', async () => {
    const pod = startPod('pod-1')
    pod.client.markReady(8012)
    await poll(() => server.samples(key).size === 1)
    startPod('pod-1', { localAddress: '127.0.0.9' }).client.markReady(8012)
    await poll(() => host.askedAbout.has('127.0.0.9'))
    const asked = pod.asked
    await clock.advance(1000)
    expect(pod.asked).toBe(asked + 1)
    await poll(() => server.samples(key).get('pod-1')?.averageConcurrentRequests === pod.asked)
  })

  test('goes on to an activator that reports a load of zero', async () => {
    const activator = startActivator()
    activator.client.report([load(1)])
    activator.client.report([load(0)])
    await until(() => host.loads.length === 2)
    startPod('pod-1').client.markReady(8012)
    await until(() => activator.pods.length === 1)
  })

  test('no longer goes to an activator that said that the revision is idle', async () => {
    const activator = startActivator()
    activator.client.report([load(1)])
    activator.client.report([{ ...load(0), idle: true }])
    await until(() => host.loads.length === 2)
    startPod('pod-1').client.markReady(8012)
    await poll(() => server.samples(key).size === 1)
    expect(activator.pods).toEqual([])
  })
})

describe('an activator', () => {
  test('is connected once an autoscaler took it in, and says when that ends', async () => {
    const activator = startActivator()
    expect(activator.client.connected).toBe(false)
    await until(() => activator.client.connected)
    await server.close()
    await until(() => !activator.client.connected)
    expect(activator.connections).toEqual([true, false])
  })

  test('sends the last load of busy revisions again when it reconnects', async () => {
    const activator = startActivator()
    activator.client.report([load(3)])
    await until(() => host.loads.length === 1)
    const port = Number(address.split(':')[1])
    await server.close()
    await until(() => !activator.client.connected)
    const again = new StatsServer(host, clock)
    closing.push(again)
    await again.listen('127.0.0.1', port)
    await clock.advance(100)
    await until(() => host.loads.length === 2)
    expect(host.loads[1]).toBe('default/hello-00001 activator-1 3')
  })

  test('sends a revision to its owner, beginning with the report that was turned away', async () => {
    const ownerHost = new TestHost()
    const owner = await startServer(ownerHost)
    host.owner = { kind: 'peer', address: owner.address }
    const activator = startActivator()
    activator.client.report([load(1)])
    await until(() => ownerHost.loads.length === 1)
    activator.client.report([load(2)])
    await until(() => ownerHost.loads.length === 2)
    expect(ownerHost.loads).toEqual([
      'default/hello-00001 activator-1 1',
      'default/hello-00001 activator-1 2',
    ])
    expect(host.loads).toEqual([])
  })

  test('comes home with revisions whose owner went away', async () => {
    const owner = await startServer(new TestHost())
    host.owner = { kind: 'peer', address: owner.address }
    const activator = startActivator()
    activator.client.report([load(1)])
    await poll(() => clock.pendingTimers === 2)
    await owner.server.close()
    await poll(() => clock.pendingTimers === 1)
    host.owner = { kind: 'self' }
    activator.client.report([load(2)])
    await until(() => host.loads.length === 1)
  })
})
