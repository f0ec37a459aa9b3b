import { describe, expect, test } from '@jest/globals'
import { autoscalerConfig, podAutoscaler } from '../testing/objects.ts'
import { deciderSpec } from './decider-spec.ts'

const key = (name: string) => `autoscaling.knative.dev/${name}`
type Annotations = Record<string, string>

describe('targets', () => {
  test.each<[string, number, Annotations, number, number]>([
    ['defaults', 0, {}, 100, 70],
    ['container concurrency', 10, {}, 10, 7],
    ['target without a limit', 0, { target: '6' }, 6, 6 * 0.7],
    ['target below the limit', 10, { target: '6' }, 6, 6 * 0.7],
    ['target above the limit', 10, { target: '60' }, 10, 7],
    ['utilization', 0, { target: '10', 'target-utilization-percentage': '50' }, 10, 5],
    ['utilization in its old spelling', 0, { targetUtilizationPercentage: '50' }, 100, 50],
    [
      'first spelling wins',
      0,
      { 'target-utilization-percentage': '20', targetUtilizationPercentage: '50' },
      100,
      20,
    ],
    ['target that is no number', 0, { target: 'many' }, 100, 70],
    ['tiny target', 0, { target: '0.01' }, 0.01, 0.01],
    ['rps', 10, { metric: 'rps' }, 200, 140],
    ['rps target', 10, { metric: 'rps', target: '50' }, 50, 35],
  ])('%s', (_, containerConcurrency, annotations, totalValue, targetValue) => {
    const prefixed = Object.fromEntries(
      Object.entries(annotations).map(([name, value]) => [key(name), value]),
    )
    const { parameters } = deciderSpec(
      podAutoscaler({ containerConcurrency, annotations: prefixed }),
      autoscalerConfig(),
    )
    expect(parameters).toMatchObject({ totalValue, targetValue })
  })

  test('a concurrency utilization from the configuration does not apply to rps', () => {
    const config = autoscalerConfig({ 'container-concurrency-target-percentage': '50' })
    expect(deciderSpec(podAutoscaler(), config).parameters.targetValue).toBe(50)
    const rps = podAutoscaler({ annotations: { [key('metric')]: 'rps' } })
    expect(deciderSpec(rps, config).parameters.targetValue).toBe(140)
  })
})

test('annotations override every other parameter', () => {
  const annotations = {
    [key('target-burst-capacity')]: '-1',
    [key('window')]: '30s',
    [key('panic-window-percentage')]: '20',
    [key('panic-threshold-percentage')]: '150',
    [key('activation-scale')]: '3',
    [key('scale-down-delay')]: '1m',
    [key('initial-scale')]: '4',
  }
  expect(
    deciderSpec(podAutoscaler({ annotations, reachability: 'Unreachable' }), autoscalerConfig()),
  ).toEqual({
    metric: 'concurrency',
    parameters: {
      totalValue: 100,
      targetValue: 70,
      targetBurstCapacity: -1,
      maxScaleUpRate: 1000,
      maxScaleDownRate: 2,
      panicThreshold: 1.5,
      stableWindowMs: 30_000,
      activationScale: 3,
      reachable: false,
    },
    panicWindowMs: 6000,
    initialScale: 4,
    scaleDownDelayMs: 60_000,
    labels: { service: 'hello', configuration: 'hello', revision: 'hello-00001' },
  })
})

test('an initial scale of 0 counts only where the cluster allows it', () => {
  const pa = podAutoscaler({ annotations: { [key('initial-scale')]: '0' } })
  expect(deciderSpec(pa, autoscalerConfig()).initialScale).toBe(1)
  expect(deciderSpec(pa, autoscalerConfig({ 'allow-zero-initial-scale': 'true' })).initialScale).toBe(0)
})

test('a pending revision counts as reachable', () => {
  expect(deciderSpec(podAutoscaler({ reachability: '' }), autoscalerConfig()).parameters.reachable).toBe(true)
})

test.each(['serving.knative.dev/configuration', 'serving.knative.dev/revision'])(
  'label %s is required',
  (label) => {
    const pa = podAutoscaler()
    pa.metadata.labels = { ...pa.metadata.labels, [label]: '' }
    expect(() => deciderSpec(pa, autoscalerConfig())).toThrow(
      `label "${label}" not found or empty in Decider hello-00001`,
    )
  },
)
