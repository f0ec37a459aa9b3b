import { beforeEach, describe, expect, test } from '@jest/globals'
import { configMaps, coreServices, type Ingress, ingresses, type V1Service } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { setDefaultDomain } from './set-default-domain.ts'

const namespace = 'system'
let client: FakeKubeClient
let clock: ManualClock
let logger: RecordingLogger
let stop: AbortController

beforeEach(() => {
  client = new FakeKubeClient()
  clock = new ManualClock()
  logger = new RecordingLogger()
  stop = new AbortController()
  client.seed(
    configMaps,
    { metadata: { name: 'config-domain', namespace }, data: { _example: 'example.com: ""' } },
    { metadata: { name: 'config-network', namespace }, data: { 'ingress-class': 'some.class' } },
  )
})

function run(resolve: (hostname: string) => Promise<string> = unexpected): Promise<void> {
  return setDefaultDomain({
    client,
    clock,
    logger,
    systemNamespace: namespace,
    clusterDomain: 'cluster.local',
    podName: 'default-domain-x',
    magicDNS: 'sslip.io',
    resolve,
    signal: stop.signal,
  })
}

const unexpected = (hostname: string) => Promise.reject(new Error(`${hostname} was asked for`))
const domains = () => client.peek(configMaps, namespace, 'config-domain')?.data
const temporary = () => client.peekAll(ingresses)

function seedGateway(loadBalancer?: { ip?: string; hostname?: string }): void {
  const gateway: V1Service = { metadata: { name: 'kourier', namespace: 'kourier-system' } }
  if (loadBalancer) gateway.status = { loadBalancer: { ingress: [loadBalancer] } }
  client.seed(coreServices, gateway)
}

function markReady(domainInternal = 'kourier.kourier-system.svc.cluster.local'): void {
  const ingress = temporary()[0] as Ingress
  client.replace(ingresses, {
    ...ingress,
    status: {
      observedGeneration: ingress.metadata.generation ?? 0,
      conditions: [{ type: 'Ready', status: 'True' }],
      publicLoadBalancer: { ingress: [{ domainInternal }] },
    },
  })
}

describe('a cluster with a load balancer', () => {
  test.each([
    [{ ip: '1.2.3.4' }, '1.2.3.4.sslip.io'],
    [{ ip: '2001:db8::7' }, '2001-db8--7.sslip.io'],
    [{ hostname: 'lb.test' }, '9.9.9.9.sslip.io'],
  ])('%j gives the domain %s', async (loadBalancer, domain) => {
    seedGateway(loadBalancer)
    const running = run(async () => '9.9.9.9')
    await clock.advance(0)
    markReady()
    await clock.advance(10_000)
    await running
    expect(domains()).toEqual({ _example: 'example.com: ""', [domain]: '' })
    expect(temporary()).toEqual([])
  })

  test('the temporary Ingress names this pod, the class and the Service in front', async () => {
    seedGateway({ ip: '1.2.3.4' })
    const running = run()
    await clock.advance(0)
    expect(temporary()).toMatchObject([
      {
        metadata: {
          generateName: 'default-domain-',
          namespace,
          annotations: { 'networking.knative.dev/ingress.class': 'some.class' },
        },
        spec: {
          rules: [
            {
              hosts: ['default-domain-x.default-domain.invalid'],
              visibility: 'ExternalIP',
              http: {
                paths: [
                  {
                    splits: [
                      { serviceNamespace: namespace, serviceName: 'default-domain-service', servicePort: 80 },
                    ],
                  },
                ],
              },
            },
          ],
        },
      },
    ])
    markReady()
    await clock.advance(10_000)
    await running
  })

  test('the address may take a while', async () => {
    seedGateway()
    const running = run()
    await clock.advance(0)
    markReady()
    await clock.advance(60_000)
    client.remove(coreServices, 'kourier-system', 'kourier')
    seedGateway({ ip: '1.2.3.4' })
    await clock.advance(10_000)
    await running
    expect(domains()).toHaveProperty(['1.2.3.4.sslip.io'], '')
  })

  test('a readiness of an earlier generation does not count', async () => {
    seedGateway({ ip: '1.2.3.4' })
    const running = run()
    await clock.advance(0)
    markReady()
    client.replace(ingresses, {
      ...(temporary()[0] as Ingress),
      metadata: { ...temporary()[0]?.metadata, generation: 2 },
    })
    await clock.advance(30_000)
    expect(temporary()).toHaveLength(1)
    markReady()
    await clock.advance(10_000)
    await running
  })
})

describe('nothing is changed', () => {
  test('where there is a default domain', async () => {
    client.replace(configMaps, {
      metadata: { name: 'config-domain', namespace },
      data: { 'example.org': '', 'of.one': 'selector: { app: one }' },
    })
    await run()
    expect(client.writes).toEqual([])
  })

  test('where the load balancer has neither address nor name', async () => {
    seedGateway({})
    const running = run()
    await clock.advance(0)
    markReady()
    await clock.advance(10_000)
    await running
    expect(domains()).toEqual({ _example: 'example.com: ""' })
    expect(temporary()).toEqual([])
  })
})

describe('it fails, leaving no Ingress behind,', () => {
  test('when no ingress implementation takes care within 20 minutes', async () => {
    const running = expect(run()).rejects.toMatchObject({
      code: 'MIGRATE_TIMEOUT',
      message: 'Ingress default-domain-00001 of class some.class did not become ready within 20 minutes',
    })
    await clock.advance(20 * 60_000)
    await running
    expect(temporary()).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })

  test('when there is no load balancer within 20 minutes', async () => {
    seedGateway()
    const running = expect(run()).rejects.toThrow(
      'Service kourier-system/kourier got no load balancer within 20 minutes',
    )
    await clock.advance(0)
    markReady()
    await clock.advance(21 * 60_000)
    await running
  })

  test('when the gateway is not told', async () => {
    const running = expect(run()).rejects.toMatchObject({ code: 'MIGRATE_GATEWAY_UNKNOWN' })
    await clock.advance(0)
    markReady('')
    await clock.advance(10_000)
    await running
    expect(temporary()).toEqual([])
  })

  test('when the name of the load balancer does not resolve', async () => {
    seedGateway({ hostname: 'lb.test' })
    const running = expect(run(() => Promise.reject(new Error('not found')))).rejects.toMatchObject({
      code: 'MIGRATE_UNRESOLVABLE',
      message: "the gateway's host name lb.test cannot be resolved yet: not found",
    })
    await clock.advance(0)
    markReady()
    await clock.advance(10_000)
    await running
  })

  test('when the process must end', async () => {
    const running = expect(run()).rejects.toThrow('stop')
    await clock.advance(5000)
    stop.abort(new Error('stop'))
    await running
    expect(temporary()).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })
})
