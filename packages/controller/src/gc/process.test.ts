import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ingresses, revisions, type Service, services } from '@knative-ts/apis'
import { RunningProcess } from '../testing/running-process.ts'
import { testService } from '../testing/serving-objects.ts'

describe('with a config-gc that keeps no revision', () => {
  let running: RunningProcess

  beforeEach(async () => {
    running = await RunningProcess.start()
    running.setConfig('config-gc', {
      'retain-since-create-time': 'disabled',
      'retain-since-last-active-time': 'disabled',
      'min-non-active-revisions': '0',
      'max-non-active-revisions': '0',
    })
    running.client.seed(services, testService('hello'))
    await running.clock.settle()
    await ready('hello-00001')
    await routed()
  })

  afterEach(() => running.stop())

  async function ready(revision: string): Promise<void> {
    running.reportReady(revisions, revision)
    await running.clock.settle()
  }

  async function routed(): Promise<void> {
    running.reportReady(ingresses, 'hello')
    await running.clock.settle()
  }

  async function update(change: (service: Service) => void): Promise<void> {
    const service = running.client.peek(services, 'default', 'hello')!
    change(service)
    service.metadata.generation = (service.metadata.generation ?? 0) + 1
    running.client.replace(services, service)
    await running.clock.settle()
  }

  const nextImage = ({ spec }: Service): void => {
    spec.template.spec.containers[0]!.image = 'dev.local/next'
  }

  const states = () =>
    running.client
      .peekAll(revisions)
      .map(({ metadata }) => `${metadata.name} ${metadata.labels?.['serving.knative.dev/routingState']}`)

  test('a revision goes as soon as traffic has left it, and not before', async () => {
    expect(states()).toEqual(['hello-00001 active'])
    await update(nextImage)
    await ready('hello-00002')
    expect(states()).toEqual(['hello-00001 active', 'hello-00002 active'])
    await routed()
    expect(states()).toEqual(['hello-00002 active'])
  })

  test('a revision that gets no traffic yet stays while it comes up, and when it is ready', async () => {
    await update((service) => {
      nextImage(service)
      service.spec.traffic = [{ revisionName: 'hello-00001', latestRevision: false, percent: 100 }]
    })
    await routed()
    expect(states()).toEqual(['hello-00001 active', 'hello-00002 reserve'])
    await ready('hello-00002')
    await routed()
    expect(states()).toEqual(['hello-00001 active', 'hello-00002 reserve'])
  })
})
