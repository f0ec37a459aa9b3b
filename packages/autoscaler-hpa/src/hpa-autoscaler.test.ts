import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  events,
  horizontalPodAutoscalers,
  leases,
  podAutoscalerConditions,
  podAutoscalers,
  serverlessServices,
} from '@knative-ts/apis'
import { podAutoscaler, revision, serverlessService } from './testing/objects.ts'
import { RunningProcess, type RunningProcessOptions } from './testing/running-process.ts'

const leaseName = 'hpaautoscaler.knative.dev.serving.pkg.reconciler.autoscaling.hpa.reconciler'

describe('HpaAutoscaler', () => {
  let running: RunningProcess

  const start = async (options?: RunningProcessOptions): Promise<RunningProcess> => {
    running = await RunningProcess.start(options)
    return running
  }
  const hpa = () => running.client.peek(horizontalPodAutoscalers, 'default', revision)
  const isReady = () => {
    const pa = running.client.peek(podAutoscalers, 'default', revision)
    return pa !== undefined && podAutoscalerConditions.isReady(pa)
  }

  beforeEach(() => start())
  afterEach(() => running.stop())

  test('takes a PodAutoscaler to Ready as its ServerlessService and its autoscaler report', async () => {
    const { client, clock } = running
    client.seed(podAutoscalers, podAutoscaler())
    await clock.settle()
    expect(hpa()).toBeDefined()
    expect(isReady()).toBe(false)

    const sks = client.peek(serverlessServices, 'default', revision)!
    client.replace(serverlessServices, { ...sks, status: serverlessService().status! })
    await clock.settle()
    expect(isReady()).toBe(false)

    client.replace(horizontalPodAutoscalers, {
      ...hpa()!,
      status: { currentReplicas: 1, desiredReplicas: 2 },
    })
    await clock.settle()
    expect(isReady()).toBe(true)
    expect(client.peek(podAutoscalers, 'default', revision)?.status).toMatchObject({
      actualScale: 1,
      desiredScale: 2,
    })
  })

  test('repairs what somebody changed or deleted', async () => {
    const { client, clock } = running
    client.seed(podAutoscalers, podAutoscaler())
    await clock.settle()
    client.replace(horizontalPodAutoscalers, { ...hpa()!, spec: { ...hpa()!.spec!, maxReplicas: 1 } })
    await clock.settle()
    expect(hpa()?.spec?.maxReplicas).toBe(2147483647)
    client.remove(horizontalPodAutoscalers, 'default', revision)
    await clock.settle()
    expect(hpa()).toBeDefined()
  })

  test('follows config-autoscaler', async () => {
    running.client.seed(podAutoscalers, podAutoscaler())
    await running.clock.settle()
    running.setConfig('config-autoscaler', { 'max-scale': '7' })
    await running.clock.settle()
    expect(hpa()?.spec?.maxReplicas).toBe(7)
  })

  test('follows its log level', async () => {
    running.setConfig('config-logging', { 'loglevel.hpaautoscaler': 'debug' })
    await running.clock.settle()
    expect(running.level.level).toBe('debug')
    running.setConfig('config-logging', { 'zap-logger-config': '{"level":"warn"}' })
    await running.clock.settle()
    expect(running.level.level).toBe('warn')
  })

  test('rests once all is in place', async () => {
    const { client, clock } = running
    client.seed(podAutoscalers, podAutoscaler({ target: '50', window: '30s' }))
    await clock.settle()
    const writes = client.writes.length
    running.process.controllers[0]!.enqueueKey(`default/${revision}`)
    await clock.settle()
    expect(client.writes.slice(writes)).toEqual([])
    expect(running.idle).toBe(true)
  })

  test("holds a Lease of upstream's name and gives it back at the end", async () => {
    const held = () =>
      running.client.peekAll(leases).map(({ metadata, spec }) => [metadata.name, spec?.holderIdentity])
    expect(held()).toEqual([[`${leaseName}.00-of-01`, expect.stringMatching(/^autoscaler-hpa-1_.{36}$/)]])
    await running.stop()
    expect(held()).toEqual([[`${leaseName}.00-of-01`, '']])
    expect(running.clock.pendingTimers).toBe(0)
  })

  test('elects per bucket, under another name if config-leader-election says so', async () => {
    await running.stop()
    await start({
      config: { 'config-leader-election': { buckets: '2', [`map-lease-prefix.${leaseName}`]: 'hpa' } },
    })
    expect(running.client.peekAll(leases).map(({ metadata }) => metadata.name)).toEqual([
      'hpa.00-of-02',
      'hpa.01-of-02',
    ])
  })

  test('leaves everything to whoever holds the Lease', async () => {
    await running.stop()
    const { client, clock } = await start({ config: { 'config-leader-election': {} } })
    await running.stop()
    const other = client.peekAll(leases)[0]!
    client.replace(leases, {
      ...other,
      spec: { ...other.spec!, holderIdentity: 'another_1', leaseDurationSeconds: 60 },
    })
    client.seed(podAutoscalers, podAutoscaler())
    await clock.settle()
    expect(hpa()).toBeUndefined()
  })

  test('works at once where nobody is to be elected', async () => {
    await running.stop()
    const { client, clock } = await start({ args: ['-disable-ha'] })
    client.seed(podAutoscalers, podAutoscaler())
    await clock.settle()
    expect(client.peekAll(leases)).toEqual([])
    expect(hpa()).toBeDefined()
  })

  test('writes what it has to say before it ends', async () => {
    const { client, clock } = running
    client.seed(horizontalPodAutoscalers, {
      metadata: { name: revision, namespace: 'default' },
      spec: hpaSpec,
    })
    client.seed(podAutoscalers, podAutoscaler())
    await clock.settle()
    await running.stop()
    expect(
      client.peekAll(events).map(({ reason, message, source }) => [reason, message, source?.component]),
    ).toEqual([
      [
        'InternalError',
        `PodAutoscaler: "${revision}" does not own HPA: "${revision}"`,
        'podautoscaler-controller',
      ],
    ])
  })
})

const hpaSpec = { maxReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'mine' } }
