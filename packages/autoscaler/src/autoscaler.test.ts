import { afterEach, describe, expect, test } from '@jest/globals'
import {
  conditionOf,
  configMaps,
  coreServices,
  deployments,
  endpointSlices,
  leases,
  metrics,
  podAutoscalers,
  pods,
  serverlessServices,
} from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { type LevelSwitch, silentLogger } from '@knative-ts/observability'
import { ActivatorStatsClient, type PodChange, PodStatsClient } from '@knative-ts/stats'
import { Autoscaler, type AutoscalerPorts } from './autoscaler.ts'
import {
  ago,
  configMap,
  deployment,
  metric,
  podAutoscaler,
  pod as podObject,
  readyPods,
  serverlessService,
} from './testing/objects.ts'
import { until } from './testing/until.ts'

const nowMs = Date.UTC(2026, 0, 1, 12)
const ip = '127.0.0.1'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Setting {
  client: FakeKubeClient
  clock: ManualClock
}

function setting(world: (client: FakeKubeClient) => void, election: Record<string, string> = {}): Setting {
  const client = new FakeKubeClient()
  const data: Record<string, Record<string, string>> = {
    'config-autoscaler': {},
    'config-deployment': { 'queue-sidecar-image': 'queue' },
    'config-network': {},
    'config-leader-election': election,
  }
  for (const [name, values] of Object.entries(data)) client.seed(configMaps, configMap(name, values))
  world(client)
  return { client, clock: new ManualClock(nowMs) }
}

async function start(world: (client: FakeKubeClient) => void) {
  return startIn(setting(world), 'autoscaler-1', ip)
}

/** One autoscaler process with its reporters; several may share a setting, each on an address of its own. */
async function startIn({ client, clock }: Setting, podName: string, podIp: string, statsPort = 0) {
  const level: LevelSwitch = { level: 'info' }
  const autoscaler = new Autoscaler({
    client,
    clock,
    logger: silentLogger,
    level,
    env: { podName, podIp, systemNamespace: 'knative-serving', listenAddress: podIp, profilingPort: 0 },
    processEnv: {},
    clusterDomain: 'cluster.local',
    ports: { stats: statsPort, webSocket: 0 },
    source: { fetch: () => Promise.reject(new Error('nothing is scraped here')) },
    probe: () => Promise.resolve(true),
    random: () => 0,
  })
  const abort = new AbortController()
  await autoscaler.configure(abort.signal)
  const serving = Promise.withResolvers<AutoscalerPorts>()
  const running = autoscaler.run(abort.signal, undefined, serving.resolve)
  const ports = await serving.promise
  await clock.settle()
  const stop = async () => {
    abort.abort()
    await running
  }
  closing.push(stop)
  const address = `${podIp}:${ports.stats}`
  return {
    client,
    clock,
    level,
    ports,
    stop,
    replicas: () => client.peek(deployments, 'default', 'hello-00001-deployment')?.spec?.replicas,
    active: () => conditionOf(client.peek(podAutoscalers, 'default', 'hello-00001')?.status, 'Active'),
    activator() {
      const pods: PodChange[] = []
      const activator = new ActivatorStatsClient({
        address,
        podName: 'activator-1',
        clock,
        onPods: (changes) => pods.push(...changes),
      })
      activator.start()
      closing.push(async () => activator.close())
      return {
        pods,
        report: (load: number) =>
          activator.report([
            {
              namespace: 'default',
              revision: 'hello-00001',
              averageConcurrentRequests: load,
              requestCount: load,
              idle: false,
            },
          ]),
      }
    },
    queueProxy(podName: string, load: number) {
      const proxy = new PodStatsClient({
        address,
        namespace: 'default',
        revision: 'hello-00001',
        podName,
        podUid: '',
        clock,
        sample: () => ({
          podName,
          averageConcurrentRequests: load,
          averageProxiedConcurrentRequests: 0,
          requestCount: load,
          proxiedRequestCount: 0,
          processUptime: 100,
          timestamp: 0,
        }),
      })
      proxy.start()
      proxy.markReady(8012)
      closing.push(async () => proxy.close())
    },
  }
}

const scaledToZero = {
  serviceName: 'hello-00001',
  metricsServiceName: 'hello-00001-private',
  desiredScale: 0,
  actualScale: 0,
  conditions: [
    { type: 'Active', status: 'False' as const, reason: 'NoTraffic', lastTransitionTime: ago(nowMs, 300) },
    { type: 'Ready', status: 'False' as const, reason: 'NoTraffic', lastTransitionTime: ago(nowMs, 300) },
    { type: 'SKSReady', status: 'True' as const, lastTransitionTime: ago(nowMs, 300) },
    { type: 'ScaleTargetInitialized', status: 'True' as const, lastTransitionTime: ago(nowMs, 300) },
  ],
}

describe('the autoscaler', () => {
  test('follows its log level', async () => {
    const logging = (level: string) =>
      configMap('config-logging', { 'zap-logger-config': JSON.stringify({ level }) })
    const { client, clock, level } = await start((world) => world.seed(configMaps, logging('error')))
    expect(level.level).toBe('error')
    client.seed(configMaps, logging('warn'))
    await clock.settle()
    expect(level.level).toBe('warn')
  })

  test('takes its bucket and publishes it', async () => {
    const { client } = await start(() => {})
    await until(
      () => client.peek(endpointSlices, 'knative-serving', 'autoscaler-bucket-00-of-01') !== undefined,
    )
    expect(client.peek(leases, 'knative-serving', 'autoscaler-bucket-00-of-01')?.spec?.holderIdentity).toBe(
      'autoscaler-1_127.0.0.1',
    )
    expect(client.peek(coreServices, 'knative-serving', 'autoscaler-bucket-00-of-01')?.spec).toEqual({
      ports: [{ name: 'http', port: 8080, targetPort: 8080 }],
    })
    expect(client.peek(endpointSlices, 'knative-serving', 'autoscaler-bucket-00-of-01')).toMatchObject({
      metadata: { labels: { 'kubernetes.io/service-name': 'autoscaler-bucket-00-of-01' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ip], conditions: { ready: true, serving: true, terminating: false } }],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    })
  })

  test('starts a target at once when a request waits for it, and tells the activator when its pod is ready', async () => {
    const world = await start((client) => {
      client.seed(podAutoscalers, podAutoscaler({ status: scaledToZero }))
      client.seed(serverlessServices, serverlessService({ mode: 'Proxy' }))
      client.seed(metrics, metric())
      client.seed(deployments, deployment(0))
    })
    await until(
      () =>
        conditionOf(world.client.peek(metrics, 'default', 'hello-00001')?.status, 'Ready')?.status === 'True',
    )
    const activator = world.activator()
    activator.report(1)
    await until(() => world.replicas() === 1)
    expect(world.clock.now()).toBe(nowMs)
    await until(() => world.active()?.status === 'Unknown')

    world.client.seed(pods, podObject('pod-1', { phase: 'Pending', ready: false, ip }))
    world.queueProxy('pod-1', 1)
    await until(() => activator.pods.length === 1)
    expect(activator.pods[0]).toMatchObject({ podName: 'pod-1', ip, port: 8012, ready: true })

    world.client.replace(pods, podObject('pod-1', { ip }))
    await until(() => world.active()?.status === 'True')
  })

  test('keeps the first report of a revision that it has not looked at yet', async () => {
    const world = await start(() => {})
    const activator = world.activator()
    world.client.seed(podAutoscalers, podAutoscaler({ status: scaledToZero }))
    world.client.seed(deployments, deployment(0))
    await until(() => world.client.peek(serverlessServices, 'default', 'hello-00001') !== undefined)
    await world.clock.settle()
    const timers = world.clock.pendingTimers
    activator.report(1)
    await until(() => world.clock.pendingTimers === timers + 1)
    const sks = world.client.peek(serverlessServices, 'default', 'hello-00001')
    const { status } = serverlessService()
    if (sks && status) world.client.replace(serverlessServices, { ...sks, status })
    await until(() => world.client.peek(metrics, 'default', 'hello-00001')?.status !== undefined)
    expect(world.replicas()).toBe(0)
    await world.clock.advance(500)
    await until(() => world.replicas() === 1)
  })

  test('scales by what pods stream', async () => {
    const world = await start((client) => {
      client.seed(podAutoscalers, podAutoscaler())
      client.seed(serverlessServices, serverlessService({ mode: 'Proxy' }))
      client.seed(deployments, deployment(1))
      client.seed(pods, podObject('pod-1', { ip }))
    })
    await until(() => world.client.peek(metrics, 'default', 'hello-00001')?.status !== undefined)
    world.queueProxy('pod-1', 130)
    while (world.replicas() !== 2) await world.clock.advance(1000)
    await until(() => world.client.peek(podAutoscalers, 'default', 'hello-00001')?.status?.desiredScale === 2)
  })

  test('goes down to zero when nothing comes, and not before', async () => {
    const world = await start((client) => {
      client.seed(podAutoscalers, podAutoscaler({ annotations: { 'autoscaling.knative.dev/window': '6s' } }))
      client.seed(serverlessServices, serverlessService({ mode: 'Proxy', proxiedSince: ago(nowMs, 60) }))
      client.seed(deployments, deployment(1))
      client.seed(pods, podObject('pod-1', { ip }))
    })
    await until(() => world.client.peek(metrics, 'default', 'hello-00001')?.status !== undefined)
    world.queueProxy('pod-1', 0)
    await until(() => world.active()?.status === 'True')
    for (let second = 0; second < 5; second++) await world.clock.advance(1000)
    expect(world.replicas()).toBe(1)
    while (world.replicas() !== 0) await world.clock.advance(1000)
    expect(world.active()).toMatchObject({ status: 'False', reason: 'NoTraffic' })
  })

  test('does not scale down what runs when it restarts', async () => {
    const world = await start((client) => {
      client.seed(podAutoscalers, podAutoscaler())
      client.seed(serverlessServices, serverlessService())
      client.seed(deployments, deployment(5))
      client.seed(pods, ...readyPods(5))
    })
    await world.clock.advance(10_000)
    expect(world.replicas()).toBe(5)
    expect(world.client.peek(serverlessServices, 'default', 'hello-00001')?.spec.mode).toBe('Proxy')
  })

  test('leaves alone what another autoscaler leads, and sends its reporters there', async () => {
    const lease = {
      metadata: testMeta('autoscaler-bucket-00-of-01', 'knative-serving'),
      spec: { holderIdentity: 'autoscaler-2_127.0.0.2', leaseDurationSeconds: 60 },
    }
    const world = await start((client) => {
      client.seed(podAutoscalers, podAutoscaler())
      client.seed(deployments, deployment(0))
      client.seed(leases, lease)
    })
    const activator = world.activator()
    activator.report(1)
    await world.clock.advance(1000)
    expect(world.client.writes).toEqual([])
    world.client.remove(leases, 'knative-serving', 'autoscaler-bucket-00-of-01')
    await world.clock.advance(10_000)
    await until(() => world.client.peek(serverlessServices, 'default', 'hello-00001') !== undefined)
  })

  test('re-examines everything when the configuration changes', async () => {
    const world = await start((client) => {
      client.seed(podAutoscalers, podAutoscaler({ status: { ...scaledToZero } }))
      client.seed(serverlessServices, serverlessService({ mode: 'Proxy', numActivators: 3 }))
      client.seed(metrics, metric())
      client.seed(deployments, deployment(0))
    })
    await until(
      () =>
        conditionOf(world.client.peek(metrics, 'default', 'hello-00001')?.status, 'Ready')?.status === 'True',
    )
    world.client.replace(configMaps, configMap('config-autoscaler', { 'stable-window': '30s' }))
    await until(() => world.client.peek(metrics, 'default', 'hello-00001')?.spec.stableWindow === 30e9)
  })

  test('puts everything away when it ends', async () => {
    const world = await start((client) => {
      client.seed(podAutoscalers, podAutoscaler())
      client.seed(serverlessServices, serverlessService())
      client.seed(deployments, deployment(1))
    })
    await until(() => world.client.peek(metrics, 'default', 'hello-00001')?.status !== undefined)
    await world.stop()
    expect(world.clock.pendingTimers).toBe(0)
    expect(
      world.client.peek(leases, 'knative-serving', 'autoscaler-bucket-00-of-01')?.spec?.holderIdentity,
    ).toBe('')
  })
})

describe('two autoscalers', () => {
  const bucketOfHello = 'autoscaler-bucket-01-of-02'

  async function startTwo() {
    const shared = setting(
      (client) => {
        client.seed(leases, {
          metadata: testMeta(bucketOfHello, 'knative-serving'),
          spec: { holderIdentity: 'autoscaler-2_127.0.0.2', leaseDurationSeconds: 60 },
        })
        client.seed(podAutoscalers, podAutoscaler({ status: scaledToZero }))
        client.seed(serverlessServices, serverlessService({ mode: 'Proxy' }))
        client.seed(deployments, deployment(0))
      },
      { buckets: '2' },
    )
    const first = await startIn(shared, 'autoscaler-1', '127.0.0.1')
    const second = await startIn(shared, 'autoscaler-2', '127.0.0.2', first.ports.stats)
    await until(() => shared.client.peek(metrics, 'default', 'hello-00001')?.status !== undefined)
    return { ...shared, first, second }
  }

  test('send reporters to the one that leads the revision', async () => {
    const { first } = await startTwo()
    first.activator().report(1)
    await until(() => first.replicas() === 1)
  })

  test('take over from each other', async () => {
    const { client, clock, first, second } = await startTwo()
    const activator = first.activator()
    await second.stop()
    activator.report(1)
    await clock.advance(1000)
    expect(first.replicas()).toBe(0)
    while (first.replicas() !== 1) {
      await clock.advance(1000)
      activator.report(1)
    }
    expect(client.peek(leases, 'knative-serving', bucketOfHello)?.spec?.holderIdentity).toBe(
      'autoscaler-1_127.0.0.1',
    )
  })
})
