import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { KubeObject, ResourceType, StatusBase } from '@knative-ts/apis'
import { configMaps, configurations, ingresses, leases, revisions, routes, services } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { makeConfigurationController } from './configuration/controller.ts'
import { ControllerProcess } from './controller-process.ts'
import { readEnv } from './env.ts'
import { makeLabelerController } from './labeler/controller.ts'
import { makeRouteController } from './route/controller.ts'
import { makeServiceController } from './service/controller.ts'
import { condition, conditionTexts } from './testing/conditions.ts'
import { testService } from './testing/serving-objects.ts'

const factories = [
  makeConfigurationController,
  makeLabelerController,
  makeRouteController,
  makeServiceController,
]
const systemNamespace = 'knative-serving'

describe('ControllerProcess', () => {
  let client: FakeKubeClient
  let clock: ManualClock
  let stop: AbortController
  let ended: Promise<void>
  let process: ControllerProcess
  const level = { level: 'info' as const }

  function seedConfig(name: string, data: Record<string, string> = {}): void {
    client.seed(configMaps, { metadata: { name, namespace: systemNamespace }, data })
  }

  beforeEach(async () => {
    client = new FakeKubeClient()
    clock = new ManualClock()
    stop = new AbortController()
    for (const name of ['autoscaler', 'defaults', 'features', 'gc', 'logging', 'network', 'observability']) {
      seedConfig(`config-${name}`)
    }
    seedConfig('config-deployment', { 'queue-sidecar-image': 'queue' })
    seedConfig('config-domain', { 'example.com': '' })
    process = new ControllerProcess({
      client,
      clock,
      logger: silentLogger,
      level,
      env: readEnv({ SYSTEM_NAMESPACE: systemNamespace, POD_NAME: 'controller-1' }, []),
      processEnv: {},
      clusterDomain: 'cluster.local',
      factories,
    })
    await process.configure()
    ended = process.run(stop.signal, () => {})
    await clock.settle()
  })

  afterEach(async () => {
    stop.abort()
    await ended
  })

  function reportReady<T extends KubeObject & { status?: StatusBase }>(
    type: ResourceType<T>,
    name: string,
    extra: Partial<T['status']> = {},
  ): void {
    const object = client.peek(type, 'default', name)!
    const observedGeneration = object.metadata.generation
    const status = { observedGeneration, conditions: [condition('Ready', 'True')], ...extra }
    client.replace(type, { ...object, status })
  }

  test('takes an applied Service to Ready without waiting for anything but its pod and its gateway', async () => {
    client.seed(services, testService('hello'))
    await clock.settle()
    expect(client.peek(configurations, 'default', 'hello')).toBeDefined()
    expect(client.peek(revisions, 'default', 'hello-00001')?.metadata.labels).toMatchObject({
      'serving.knative.dev/routingState': 'active',
    })

    reportReady(revisions, 'hello-00001')
    await clock.settle()
    expect(client.peek(ingresses, 'default', 'hello')?.spec.rules).toHaveLength(2)

    reportReady(ingresses, 'hello', {
      publicLoadBalancer: { ingress: [{ domainInternal: 'kourier.kourier-system.svc.cluster.local' }] },
      privateLoadBalancer: {
        ingress: [{ domainInternal: 'kourier-internal.kourier-system.svc.cluster.local' }],
      },
    })
    await clock.settle()
    const service = client.peek(services, 'default', 'hello')
    expect(conditionTexts(service?.status)).toEqual({
      ConfigurationsReady: 'True',
      Ready: 'True',
      RoutesReady: 'True',
    })
    expect(service?.status).toMatchObject({
      url: 'http://hello.default.example.com',
      address: { url: 'http://hello.default.svc.cluster.local' },
      traffic: [{ revisionName: 'hello-00001', percent: 100, latestRevision: true }],
    })
    expect(client.peek(routes, 'default', 'hello')?.metadata.finalizers).toEqual([
      'routes.serving.knative.dev',
    ])
  })

  test('rests once everything is in place', async () => {
    client.seed(services, testService('hello'))
    await clock.settle()
    reportReady(revisions, 'hello-00001')
    await clock.settle()
    reportReady(ingresses, 'hello')
    await clock.settle()
    const writes = client.writes.length
    for (const controller of process.controllers) {
      controller.enqueueKey('default/hello')
    }
    await clock.settle()
    expect(client.writes.slice(writes)).toEqual([])
    expect(process.controllers.every(({ queue }) => queue.idle)).toBe(true)
  })

  test('holds one Lease per reconciler and releases them at the end', async () => {
    const held = client.peekAll(leases)
    expect(held.map(({ metadata }) => metadata.name).sort()).toEqual([
      'controller.knative.dev.serving.pkg.reconciler.configuration.reconciler.00-of-01',
      'controller.knative.dev.serving.pkg.reconciler.labeler.reconciler.00-of-01',
      'controller.knative.dev.serving.pkg.reconciler.route.reconciler.00-of-01',
      'controller.knative.dev.serving.pkg.reconciler.service.reconciler.00-of-01',
    ])
    expect(held.every(({ spec }) => spec?.holderIdentity?.startsWith('controller-1_'))).toBe(true)
    stop.abort()
    await ended
    expect(client.peekAll(leases).map(({ spec }) => spec?.holderIdentity)).toEqual(['', '', '', ''])
  })

  test('follows a change of the domain', async () => {
    client.seed(services, testService('hello'))
    await clock.settle()
    client.replace(configMaps, {
      metadata: { name: 'config-domain', namespace: systemNamespace },
      data: { 'example.org': '' },
    })
    await clock.settle()
    expect(client.peek(services, 'default', 'hello')?.status?.url).toBe('http://hello.default.example.org')
    expect(client.peek(routes, 'default', 'hello')?.status?.url).toBe('http://hello.default.example.org')
  })

  test('follows a change of its log level', async () => {
    client.replace(configMaps, {
      metadata: { name: 'config-logging', namespace: systemNamespace },
      data: { 'loglevel.controller': 'debug' },
    })
    await clock.settle()
    expect(level.level).toBe('debug')
  })
})
