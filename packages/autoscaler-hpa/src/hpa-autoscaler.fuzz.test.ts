import { expect, test } from '@jest/globals'
import {
  horizontalPodAutoscalers,
  hpaClass,
  type KubeObject,
  type PodAutoscaler,
  podAutoscalers,
  serverlessServices,
} from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import fc from 'fast-check'
import { podAutoscaler, revision, scaling } from './testing/objects.ts'
import { RunningProcess } from './testing/running-process.ts'

const names = ['metric', 'target', 'window', 'min-scale', 'maxScale', 'max-scale', 'initial-scale', 'class']
const texts = fc.oneof(
  fc.constantFrom(
    'cpu',
    'memory',
    '0',
    '1',
    '-1',
    '2.5',
    '1e308',
    'NaN',
    'Inf',
    '0x10',
    '10s',
    '-5m',
    '1h',
    hpaClass,
  ),
  fc.double().map(String),
  fc.integer().map(String),
  fc.string({ maxLength: 12, unit: 'grapheme' }),
)
const annotations = fc.dictionary(fc.constantFrom(...names), texts, { maxKeys: 6 }).map(scaling)

/** A status that an older version, or somebody's hand, may have left. */
const status = fc.option(
  fc.record(
    {
      serviceName: fc.string({ maxLength: 4 }),
      metricsServiceName: fc.string({ maxLength: 4 }),
      observedGeneration: fc.integer({ min: 0, max: 3 }),
      desiredScale: fc.integer({ min: -1, max: 9 }),
      conditions: fc.array(
        fc.record(
          {
            type: fc.constantFrom('Active', 'Ready', 'SKSReady', 'ScaleTargetInitialized', 'Odd'),
            status: fc.constantFrom('True', 'False', 'Unknown'),
            reason: fc.string({ maxLength: 4 }),
          },
          { requiredKeys: ['type', 'status'] },
        ),
        { maxLength: 4 },
      ),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
)
const spec = fc.record(
  {
    scaleTargetRef: fc.record({
      apiVersion: fc.constantFrom('apps/v1', 'v1', ''),
      kind: fc.constantFrom('Deployment', 'Odd', ''),
      name: fc.string({ maxLength: 5 }),
    }),
    protocolType: fc.constantFrom('http1', 'h2c', ''),
    reachability: fc.constantFrom('', 'Reachable', 'Unreachable'),
    containerConcurrency: fc.integer(),
  },
  { requiredKeys: ['scaleTargetRef', 'protocolType'] },
)

/** Anything that the CRD's schema lets pass, as if the webhook had been away. */
const anyPodAutoscaler: fc.Arbitrary<PodAutoscaler> = fc.record({ annotations, spec, status }).map(
  (any) =>
    ({
      metadata: {
        ...podAutoscaler().metadata,
        name: 'odd',
        uid: 'odd',
        annotations: { ...scaling({ class: hpaClass }), ...any.annotations },
      },
      spec: any.spec,
      ...(any.status ? { status: any.status } : {}),
    }) as unknown as PodAutoscaler,
)

test('whatever one PodAutoscaler holds, the next is served and all comes to rest', async () => {
  await fc.assert(
    fc.asyncProperty(anyPodAutoscaler, async (odd) => {
      const running = await RunningProcess.start()
      const { client, clock } = running
      client.seed(podAutoscalers, odd)
      await clock.settle()
      client.seed(podAutoscalers, podAutoscaler())
      await clock.settle()
      expect(client.peek(horizontalPodAutoscalers, 'default', revision)).toBeDefined()
      const made = client.peek(horizontalPodAutoscalers, 'default', 'odd')
      if (made) expect(isWellFormed(made)).toBe(true)
      const writes = client.writes.length
      running.process.controllers[0]!.enqueueKey('default/odd')
      await clock.settle()
      expect(client.writes.slice(writes)).toEqual([])
      expect(running.idle).toBe(true)
      await running.stop()
      expect(clock.pendingTimers).toBe(0)
    }),
  )
})

/** Whether nothing is lost on the wire, and every number is an int32, as all of this kind are. */
function isWellFormed(object: KubeObject): boolean {
  const numbers: number[] = []
  const wire: unknown = JSON.parse(
    JSON.stringify(object, (_, value: unknown) => {
      if (typeof value === 'number') numbers.push(value)
      return value
    }),
  )
  expect(wire).toEqual(object)
  return numbers.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31)
}

const faults = {
  none: undefined,
  conflict: () => new ApiError('Conflict', 'lost a race', { status: 409 }),
  refused: () => new ApiError('InternalError', 'etcd has no leader', { status: 500 }),
  unreachable: () => new ApiError('Unreachable', 'connection reset'),
}
const writes = new Set(['create', 'update', 'update-status'])
const ours = new Set(['horizontalpodautoscalers', 'serverlessservices', 'podautoscalers'])

test('whichever writes fail, all gets into place', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])), { maxLength: 20 }),
      async (plan) => {
        const running = await RunningProcess.start()
        const { client, clock } = running
        const open = [...plan]
        client.intercept(({ verb, resource }) => {
          if (!writes.has(verb) || !ours.has(resource)) return
          const error = faults[open.shift() ?? 'none']?.()
          if (error) throw error
        })
        client.seed(podAutoscalers, podAutoscaler())
        for (let i = 0; i < 30; i++) await clock.advance(10_000)
        client.replace(podAutoscalers, {
          ...client.peek(podAutoscalers, 'default', revision)!,
          metadata: { ...podAutoscaler({ 'max-scale': '3' }).metadata, generation: 2 },
        })
        open.push(...plan)
        for (let i = 0; i < 30; i++) await clock.advance(10_000)
        expect(client.peek(horizontalPodAutoscalers, 'default', revision)?.spec?.maxReplicas).toBe(3)
        expect(client.peek(serverlessServices, 'default', revision)?.spec.mode).toBe('Serve')
        expect(client.peek(podAutoscalers, 'default', revision)?.status?.observedGeneration).toBe(2)
        expect(running.idle).toBe(true)
        await running.stop()
        expect(clock.pendingTimers).toBe(0)
      },
    ),
    { numRuns: 25 },
  )
})
