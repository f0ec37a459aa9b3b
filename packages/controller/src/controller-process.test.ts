import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { configurations, ingresses, leases, revisions, routes, services } from '@knative-ts/apis'
import { conditionTexts } from './testing/conditions.ts'
import { RunningProcess } from './testing/running-process.ts'
import { testService } from './testing/serving-objects.ts'

describe('ControllerProcess', () => {
  let running: RunningProcess

  beforeEach(async () => {
    running = await RunningProcess.start()
  })

  afterEach(() => running.stop())

  test('takes an applied Service to Ready without waiting for anything but its pod and its gateway', async () => {
    const { client, clock } = running
    client.seed(services, testService('hello'))
    await clock.settle()
    expect(client.peek(configurations, 'default', 'hello')).toBeDefined()
    expect(client.peek(revisions, 'default', 'hello-00001')?.metadata.labels).toMatchObject({
      'serving.knative.dev/routingState': 'active',
    })

    running.reportReady(revisions, 'hello-00001')
    await clock.settle()
    expect(client.peek(ingresses, 'default', 'hello')?.spec.rules).toHaveLength(2)

    running.reportReady(ingresses, 'hello', {
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
    const { client, clock, process } = running
    client.seed(services, testService('hello'))
    await clock.settle()
    running.reportReady(revisions, 'hello-00001')
    await clock.settle()
    running.reportReady(ingresses, 'hello')
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
    const { client } = running
    const held = client.peekAll(leases)
    expect(held.map(({ metadata }) => metadata.name).sort()).toEqual([
      'controller.knative.dev.serving.pkg.reconciler.configuration.reconciler.00-of-01',
      'controller.knative.dev.serving.pkg.reconciler.gc.reconciler.00-of-01',
      'controller.knative.dev.serving.pkg.reconciler.labeler.reconciler.00-of-01',
      'controller.knative.dev.serving.pkg.reconciler.route.reconciler.00-of-01',
      'controller.knative.dev.serving.pkg.reconciler.service.reconciler.00-of-01',
    ])
    expect(held.every(({ spec }) => spec?.holderIdentity?.startsWith('controller-1_'))).toBe(true)
    await running.stop()
    expect(client.peekAll(leases).map(({ spec }) => spec?.holderIdentity)).toEqual(['', '', '', '', ''])
  })

  test('follows a change of the domain', async () => {
    const { client, clock } = running
    client.seed(services, testService('hello'))
    await clock.settle()
    running.setConfig('config-domain', { 'example.org': '' })
    await clock.settle()
    expect(client.peek(services, 'default', 'hello')?.status?.url).toBe('http://hello.default.example.org')
    expect(client.peek(routes, 'default', 'hello')?.status?.url).toBe('http://hello.default.example.org')
  })

  test('follows a change of its log level', async () => {
    const { clock, level } = running
    running.setConfig('config-logging', { 'loglevel.controller': 'debug' })
    await clock.settle()
    expect(level.level).toBe('debug')
    running.setConfig('config-logging', { 'zap-logger-config': '{"level":"warn"}' })
    await clock.settle()
    expect(level.level).toBe('warn')
  })
})
