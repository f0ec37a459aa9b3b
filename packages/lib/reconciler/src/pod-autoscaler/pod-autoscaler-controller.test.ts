import { expect, test } from '@jest/globals'
import {
  controllerReference,
  metrics,
  type PodAutoscaler,
  podAutoscalers,
  type ServerlessService,
  serverlessServices,
} from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ManualClock } from '@knative-ts/clock/testing'
import { InformerFactory } from '@knative-ts/kube'
import { FakeKubeClient, RecordingEvents } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { alwaysLeader } from '../leadership.ts'
import { done } from '../outcome.ts'
import { podAutoscalerController } from './pod-autoscaler-controller.ts'

const ours = 'abc.example.com'

function podAutoscaler(name: string, podAutoscalerClass: string): PodAutoscaler {
  return {
    metadata: testMeta(name, 'default', {
      uid: `uid-${name}`,
      annotations: { 'autoscaling.knative.dev/class': podAutoscalerClass },
    }),
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, protocolType: 'http1' },
  }
}

/** Runs the controller over a fake API; `passes` tells what it did since the last call. */
async function run() {
  const client = new FakeKubeClient()
  const clock = new ManualClock()
  const informers = new InformerFactory({ client, clock, logger: silentLogger })
  const stop = new AbortController()
  let passed: string[] = []
  const controller = podAutoscalerController({
    class: ours,
    client,
    informers,
    clock,
    logger: silentLogger,
    events: new RecordingEvents(),
    leadership: alwaysLeader,
    owned: [serverlessServices],
    defaults: () => ({ podAutoscalerClass: 'other' }),
    workers: 1,
    kind: {
      reconcileKind: async ({ metadata }) => {
        passed.push(`reconcile ${metadata.name}`)
        return done
      },
      observeDeletion: ({ name }) => void passed.push(`forget ${name}`),
    },
  })
  informers.start(stop.signal)
  await informers.synced()
  const running = controller.run(stop.signal)
  return {
    client,
    controller,
    passes: async () => {
      await clock.settle()
      const since = passed
      passed = []
      return [...new Set(since)]
    },
    stop: async () => {
      stop.abort()
      await running
    },
  }
}

test('works on its own class only, and forgets what leaves it', async () => {
  const { client, controller, passes, stop } = await run()
  expect(controller.name).toBe('abc-class-podautoscaler-controller')
  client.seed(podAutoscalers, podAutoscaler('mine', ours), podAutoscaler('theirs', 'other'))
  expect(await passes()).toEqual(['reconcile mine'])
  client.replace(podAutoscalers, podAutoscaler('mine', 'other'))
  expect(await passes()).toEqual(['forget mine'])
  client.replace(podAutoscalers, podAutoscaler('theirs', ours))
  expect(await passes()).toEqual(['reconcile theirs'])
  client.remove(podAutoscalers, 'default', 'theirs')
  expect(await passes()).toEqual(['forget theirs'])
  await stop()
})

test('is woken by what a PodAutoscaler controls, of the kinds it asked for', async () => {
  const { client, passes, stop } = await run()
  const mine = podAutoscaler('mine', ours)
  client.seed(podAutoscalers, mine)
  await passes()
  const metadata = testMeta('child', 'default', {
    ownerReferences: [controllerReference(podAutoscalers, mine)],
  })
  client.seed(serverlessServices, {
    metadata,
    spec: { objectRef: mine.spec.scaleTargetRef, protocolType: 'http1' },
  } as ServerlessService)
  expect(await passes()).toEqual(['reconcile mine'])
  client.seed(metrics, { metadata, spec: { stableWindow: 1, panicWindow: 1, scrapeTarget: '' } })
  expect(await passes()).toEqual([])
  await stop()
})
