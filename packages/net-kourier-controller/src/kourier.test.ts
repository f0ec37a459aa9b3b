import { hostname } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { configMaps, coreServices, endpointSlices, type Ingress, ingresses, leases } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient, RecordingEvents } from '@knative-ts/kube/testing'
import { type LevelSwitch, silentLogger } from '@knative-ts/observability'
import { type RunningKourier, startKourier } from './kourier.ts'
import { noMetrics } from './metrics.ts'
import { GatewayDouble } from './testing/gateway-double.ts'
import { configMap, kourierIngress, rule, service, slice, split } from './testing/objects.ts'

let client: FakeKubeClient
let clock: ManualClock
let abort: AbortController
let level: LevelSwitch
const running: RunningKourier[] = []
const gateways: GatewayDouble[] = []

beforeEach(() => {
  client = new FakeKubeClient()
  clock = new ManualClock()
  abort = new AbortController()
  level = { level: 'info' }
  client.seed(coreServices, service('blue', 8012))
  client.seed(endpointSlices, slice('blue', ['10.0.0.1']))
})

afterEach(async () => {
  for (const gateway of gateways.splice(0)) gateway.close()
  abort.abort()
  await Promise.all(running.splice(0).map(({ finished }) => finished))
})

function seedConfig(): void {
  client.seed(configMaps, configMap('config-network', {}), configMap('config-kourier', {}))
}

async function start(): Promise<RunningKourier> {
  const kourier = await startKourier(
    {
      client,
      clock,
      logger: silentLogger,
      level,
      events: new RecordingEvents(),
      metrics: noMetrics,
      env: {},
      systemNamespace: 'knative-serving',
      gatewayNamespace: 'kourier-system',
      clusterDomain: 'cluster.local',
      listenAddress: '127.0.0.1',
      xdsPort: 0,
    },
    abort.signal,
  )
  running.push(kourier)
  return kourier
}

function connect({ xdsPort }: RunningKourier): GatewayDouble {
  const gateway = new GatewayDouble(xdsPort)
  gateways.push(gateway)
  return gateway
}

function blue(name: string, host = `${name}.test`): Ingress {
  return kourierIngress(name, [rule(host, [{ splits: [split('blue')] }])])
}

function served(ingress: Ingress): Ingress {
  return { ...ingress, status: { conditions: [{ type: 'NetworkConfigured', status: 'True' }] } }
}

describe('the controller', () => {
  test('a gateway that reconnects is told everything at once', async () => {
    seedConfig()
    client.seed(ingresses, served(blue('one')), served(blue('two')))
    const gateway = connect(await start())
    await gateway.until(({ responses }) => responses === 2)
    expect(gateway.clusters.map(({ name }) => name)).toEqual(['default/blue'])
    expect(gateway.hosts.sort()).toEqual(['one.test', 'two.test'])
  })

  test('the older Ingress keeps a contested host over a restart', async () => {
    seedConfig()
    const younger = served(blue('a-younger', 'contested.test'))
    younger.metadata.creationTimestamp = '2026-02-02T00:00:00Z'
    client.seed(ingresses, younger, served(blue('older', 'contested.test')))
    const gateway = connect(await start())
    await gateway.until(({ responses }) => responses === 2)
    client.remove(ingresses, 'default', 'older')
    await gateway.until(({ responses }) => responses > 2)
    expect(gateway.hosts).toEqual(['contested.test'])
  })

  test('one Ingress that cannot be served does not keep the others from being', async () => {
    seedConfig()
    const bad = served(blue('bad'))
    bad.spec.tls = [{ hosts: ['bad.test'], secretName: 'none', secretNamespace: 'default' }]
    client.seed(ingresses, bad, served(blue('good')))
    const gateway = connect(await start())
    await gateway.until(({ hosts }) => hosts.includes('good.test'))
  })

  test('waits for its configuration, and gives up after a minute', async () => {
    const started = start()
    const refused = expect(started).rejects.toMatchObject({
      code: 'CONFIG_TIMEOUT',
      message: expect.stringContaining(
        'Timed out waiting for configuration in ConfigMaps: config-network, config-kourier, config-logging',
      ),
    })
    await clock.advance(60_000)
    await refused
  })

  test('starts as soon as configuration appears', async () => {
    const started = start()
    await clock.advance(3000)
    seedConfig()
    await clock.advance(1000)
    expect((await started).xdsPort).toBeGreaterThan(0)
  })

  test('its log level follows config-logging', async () => {
    seedConfig()
    client.seed(configMaps, configMap('config-logging', { 'loglevel.net-kourier-controller': 'debug' }))
    await start()
    expect(level.level).toBe('debug')
    client.seed(configMaps, configMap('config-logging', { 'loglevel.net-kourier-controller': 'error' }))
    await clock.settle()
    expect(level.level).toBe('error')
    client.remove(configMaps, 'knative-serving', 'config-logging')
    await clock.settle()
    expect(level.level).toBe('info')
  })

  test.each([
    [undefined],
    [{}],
    [{ 'networking.knative.dev/ingress.class': 'other' }],
    [{ 'networking.knative.dev/ingress.class': '' }],
  ])('leaves an Ingress with annotations %j alone', async (annotations) => {
    seedConfig()
    const gateway = connect(await start())
    const foreign = blue('foreign')
    delete foreign.metadata.annotations
    if (annotations) foreign.metadata.annotations = annotations as Record<string, string>
    client.seed(ingresses, foreign, blue('ours'))
    await gateway.until(({ hosts }) => hosts.includes('ours.test'))
    expect(gateway.hosts).toEqual(['ours.test'])
    expect(
      client.writes.filter(({ resource, name }) => resource === 'ingresses' && name === 'foreign'),
    ).toEqual([])
  })

  test('a replica that does not lead serves all the same, and writes nothing', async () => {
    seedConfig()
    const leader = connect(await start())
    await leader.until(({ responses }) => responses === 2)
    const follower = connect(await start())
    client.seed(ingresses, blue('one'))
    await leader.until(({ hosts }) => hosts.includes('one.test'))
    await follower.until(({ hosts }) => hosts.includes('one.test'))
    const finalized = client.writes.filter(
      ({ resource, verb }) => resource === 'ingresses' && verb === 'patch',
    )
    expect(finalized).toHaveLength(1)
  })

  test('holds a lease whose name tells the controller and whose holder tells the pod', async () => {
    seedConfig()
    const gateway = connect(await start())
    await gateway.until(({ responses }) => responses === 2)
    const [lease, ...others] = client.peekAll(leases)
    expect(others).toEqual([])
    expect(lease?.metadata.name).toBe(
      'net-kourier-controller.knative.dev.net-kourier.pkg.reconciler.ingress.reconciler.00-of-01',
    )
    expect(lease?.spec?.holderIdentity).toMatch(new RegExp(`^${hostname()}_[0-9a-f-]{36}$`))
  })

  test('follows endpoints, and ignores slices that change otherwise', async () => {
    seedConfig()
    client.seed(ingresses, served(blue('one')))
    const gateway = connect(await start())
    await gateway.until(({ responses }) => responses === 2)
    const renamed = slice('blue', ['10.0.0.1'])
    renamed.metadata.annotations = { touched: 'yes' }
    client.replace(endpointSlices, renamed)
    client.replace(endpointSlices, slice('blue', ['10.0.0.2', '10.0.0.1']))
    await gateway.until((told) => told.addresses('default/blue').length === 2)
    expect(gateway.addresses('default/blue')).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(gateway.responses).toBe(3)
  })

  test('keeps serving what it served while a backend is missing', async () => {
    seedConfig()
    client.seed(ingresses, served(blue('one')))
    const gateway = connect(await start())
    await gateway.until(({ responses }) => responses === 2)
    client.remove(endpointSlices, 'default', 'blue-slice')
    client.seed(ingresses, blue('marker', 'marker.test'))
    client.seed(endpointSlices, slice('blue', ['10.0.0.9']))
    await gateway.until((told) => told.addresses('default/blue').includes('10.0.0.9'))
    expect(gateway.hosts).toContain('one.test')
  })

  test('an Ingress that is gone leaves, and hands on its host', async () => {
    seedConfig()
    client.seed(ingresses, served(blue('first', 'shared.test')))
    const gateway = connect(await start())
    await gateway.until(({ hosts }) => hosts.includes('shared.test'))
    const second = kourierIngress('second', [rule('shared.test', [{ splits: [split('green')] }])])
    client.seed(coreServices, service('green', 8012))
    client.seed(endpointSlices, slice('green', ['10.0.0.5']))
    client.seed(ingresses, second)
    client.remove(ingresses, 'default', 'first')
    await gateway.until((told) => told.addresses('default/green').length === 1)
    expect(gateway.hosts).toEqual(['shared.test'])
  })
})
