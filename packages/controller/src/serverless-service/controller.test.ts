import { describe, expect, test } from '@jest/globals'
import { coreServices, endpoints, serverlessServices, type V1Endpoints } from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import { runController } from '../testing/running-controller.ts'
import { makeServerlessServiceController } from './controller.ts'
import {
  activatorPods,
  podSubsets,
  settledWorld,
  testServerlessService,
} from './testing/serverless-service-table.ts'

const sks = testServerlessService()
const world = [
  existing(serverlessServices, sks),
  ...settledWorld(sks, { activators: activatorPods(['10.0.0.1']) }),
]

const changed = (object: V1Endpoints | undefined, subsets: V1Endpoints['subsets']): V1Endpoints => ({
  ...object,
  metadata: { ...object?.metadata },
  ...(subsets ? { subsets } : {}),
})

async function started() {
  // The private Endpoints carry the labels of their Service, as Kubernetes copies them.
  const labelled = world.map((item) =>
    item.object.metadata.name === 'hello-00001-private' && item.type === endpoints
      ? existing(endpoints, {
          ...item.object,
          metadata: {
            ...item.object.metadata,
            labels: {
              'networking.internal.knative.dev/serverlessservice': 'hello-00001',
              'networking.internal.knative.dev/serviceType': 'Private',
            },
          },
        })
      : item,
  )
  const running = await runController(makeServerlessServiceController, labelled)
  running.writes()
  return running
}

describe('the serverlessservice controller', () => {
  test('a pod that becomes ready is put behind the public Service at once', async () => {
    await using running = await started()
    const before = running.client.peek(endpoints, 'default', 'hello-00001-private')
    running.client.replace(endpoints, changed(before, podSubsets(['10.1.0.1'])))
    await running.settle()
    expect(running.writes()).toEqual([
      'update endpoints hello-00001',
      'update-status serverlessservices hello-00001',
    ])
  })

  test('an own write that is seen only after the next pass is made good', async () => {
    await using running = await started()
    const before = running.client.peek(endpoints, 'default', 'hello-00001')
    running.client.replace(endpoints, changed(before, podSubsets(['10.1.0.1'])))
    await running.settle()
    expect(running.writes()).toEqual(['update endpoints hello-00001'])
    expect(running.client.peek(endpoints, 'default', 'hello-00001')?.subsets).toEqual(before?.subsets)
  })

  test('deleted public Endpoints are made again', async () => {
    await using running = await started()
    running.client.remove(endpoints, 'default', 'hello-00001')
    await running.settle()
    expect(running.writes()).toContain('create endpoints hello-00001')
  })

  test('a new activator reaches everything that is behind activators', async () => {
    await using running = await started()
    const before = running.client.peek(endpoints, 'knative-serving', 'activator-service')
    running.client.replace(endpoints, changed(before, activatorPods(['10.0.0.1', '10.0.0.2'])))
    await running.settle()
    expect(running.writes()).toEqual(['update endpoints hello-00001'])
  })

  test('Endpoints of others and changes of metadata alone wake nobody', async () => {
    await using running = await started()
    let asked = 0
    running.client.intercept(() => {
      asked++
    })
    running.client.seed(endpoints, { metadata: { name: 'other', namespace: 'default' } })
    const activator = running.client.peek(endpoints, 'knative-serving', 'activator-service')
    running.client.replace(endpoints, {
      ...changed(activator, activator?.subsets),
      metadata: { ...activator?.metadata, annotations: { touched: 'yes' } },
    })
    expect(running.controller.queue.idle).toBe(true)
    await running.settle()
    expect(asked).toBe(0)
  })

  test.each(['hello-00001', 'hello-00001-private'])('a deleted Service %s is made again', async (name) => {
    await using running = await started()
    running.client.remove(coreServices, 'default', name)
    await running.settle()
    expect(running.writes()).toContain(`create services ${name}`)
  })
})
