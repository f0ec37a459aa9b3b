import { describe, expect, test } from '@jest/globals'
import {
  certificates,
  deployments,
  images,
  namespaces,
  podAutoscalers,
  revisions,
  services,
} from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import { testConfig } from '../testing/config.ts'
import { runController } from '../testing/running-controller.ts'
import { makeRevisionController } from './controller.ts'
import { testRevision } from './testing/revision-fixtures.ts'

const world = [existing(revisions, testRevision())]
const settled = ['update-status revisions hello-00001']

describe('the revision controller', () => {
  test('makes everything once, and then rests', async () => {
    await using running = await runController(makeRevisionController, world)
    expect(running.writes()).toEqual([
      'create deployments hello-00001-deployment',
      'create images hello-00001-cache-user-container',
      'create podautoscalers hello-00001',
      ...settled,
    ])
    running.controller.globalResync([testRevision()])
    await running.settle()
    expect(running.writes()).toEqual([])
  })

  test.each([
    ['Deployment', deployments, 'hello-00001-deployment'],
    ['PodAutoscaler', podAutoscalers, 'hello-00001'],
  ])('a deleted %s is made again', async (_, type, name) => {
    await using running = await runController(makeRevisionController, world)
    running.writes()
    running.client.remove(type, 'default', name)
    await running.settle()
    expect(running.writes()[0]).toBe(`create ${type.plural} ${name}`)
  })

  test('images are made if absent at the next reconcile, but not watched', async () => {
    await using running = await runController(makeRevisionController, world)
    running.writes()
    running.client.remove(images, 'default', 'hello-00001-cache-user-container')
    await running.settle()
    expect(running.writes()).toEqual([])
    running.controller.enqueue(testRevision())
    await running.settle()
    expect(running.writes()).toEqual(['create images hello-00001-cache-user-container'])
  })

  test('what others own wakes nobody', async () => {
    await using running = await runController(makeRevisionController, world)
    running.writes()
    running.client.seed(deployments, {
      metadata: {
        name: 'other',
        namespace: 'default',
        ownerReferences: [
          { apiVersion: services.group, kind: 'Revision', name: 'hello-00001', uid: 'x', controller: true },
        ],
      },
    })
    await running.settle()
    expect(running.writes()).toEqual([])
  })

  test.each(['network', 'observability', 'deployment'] as const)(
    'config-%s reaches all pods',
    async (name) => {
      await using running = await runController(makeRevisionController, world)
      running.writes()
      const changed = testConfig({
        network: { 'system-internal-tls': 'disabled' },
        deployment: { 'queue-sidecar-image': 'registry.example/queue@sha256:1' },
      })
      running.configure({ deployment: changed.deployment })
      running.configure({ [name]: changed[name] })
      await running.settle()
      expect(running.writes()[0]).toBe('update deployments hello-00001-deployment')
    },
  )

  test.each(['defaults', 'features', 'autoscaler', 'logging'] as const)(
    'config-%s waits for the next reconcile',
    async (name) => {
      await using running = await runController(makeRevisionController, world)
      running.writes()
      running.configure({
        [name]: testConfig({ logging: { 'loglevel.queueproxy': 'debug' } })[name],
      })
      await running.settle()
      expect(running.writes()).toEqual([])
    },
  )

  test.each([
    [{}, 'autoscaler.knative-serving.svc.cluster.local:8081'],
    [{ AUTOSCALER_STATS_ADDRESS: '127.0.0.9:8081' }, '127.0.0.9:8081'],
  ])('pods report to the autoscaler that %j names', async (env, expected) => {
    await using running = await runController(makeRevisionController, world, env)
    const made = running.client.peek(deployments, 'default', 'hello-00001-deployment')
    expect(made?.spec?.template.spec?.containers[1]?.env?.at(-1)).toEqual({
      name: 'AUTOSCALER_STATS_ADDRESS',
      value: expected,
    })
  })

  test('a deleted certificate of the queue-proxies is made again', async () => {
    const namespace = existing(namespaces, { metadata: { name: 'default' } })
    await using running = await runController(makeRevisionController, [...world, namespace])
    const { network } = testConfig({ network: { 'system-internal-tls': 'enabled' } })
    running.configure({ network })
    await running.settle()
    expect(running.writes()).toContain('create certificates serving-certs')
    running.client.remove(certificates, 'default', 'serving-certs')
    await running.settle()
    expect(running.writes()).toEqual(['create certificates serving-certs'])
  })
})
