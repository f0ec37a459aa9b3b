import { describe, expect, test } from '@jest/globals'
import { desiredAutoscaler } from './desired-autoscaler.ts'
import { hpaConfig } from './testing/config.ts'
import { podAutoscaler, scaling } from './testing/objects.ts'

const specOf = (annotations: Record<string, string>, config: Record<string, string> = {}) =>
  desiredAutoscaler(podAutoscaler(annotations), hpaConfig(config)).spec

test('an autoscaler bears the name, labels and annotations of its PodAutoscaler, which controls it', () => {
  expect(desiredAutoscaler(podAutoscaler({ target: '70' }), hpaConfig())).toEqual({
    metadata: {
      name: 'hello-00001',
      namespace: 'default',
      labels: { 'serving.knative.dev/revision': 'hello-00001' },
      annotations: scaling({ class: 'hpa.autoscaling.knative.dev', metric: 'cpu', target: '70' }),
      ownerReferences: [
        {
          apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
          kind: 'PodAutoscaler',
          name: 'hello-00001',
          uid: 'pa-uid',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' },
      maxReplicas: 2147483647,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  })
})

describe('bounds', () => {
  test.each([
    [{}, {}, undefined, 2147483647],
    [{ 'min-scale': '2' }, {}, 2, 2147483647],
    [{ 'max-scale': '5' }, {}, undefined, 5],
    [{ minScale: '2', maxScale: '5' }, {}, 2, 5],
    [{ 'min-scale': '0', 'max-scale': '0' }, { 'min-scale': '3', 'max-scale': '9' }, undefined, 2147483647],
    [{}, { 'min-scale': '3', 'max-scale': '9' }, 3, 9],
    [{ 'initial-scale': '4', 'activation-scale': '6' }, {}, undefined, 2147483647],
    [{ 'min-scale': 'few' }, {}, undefined, 2147483647],
  ])('%j over %j', (annotations, config, minReplicas, maxReplicas) => {
    const spec = specOf(annotations, config)
    expect([spec.minReplicas, spec.maxReplicas]).toEqual([minReplicas, maxReplicas])
  })

  test('there is no minimum while nothing routes to the revision', () => {
    const pa = podAutoscaler({ 'min-scale': '2' }, { spec: { reachability: 'Unreachable' } })
    expect(desiredAutoscaler(pa, hpaConfig()).spec.minReplicas).toBeUndefined()
  })
})

const utilization = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})
const memory = (averageValue: string) => ({
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue } },
})
const ofPods = (name: string, averageValue: string) => ({
  type: 'Pods',
  pods: { metric: { name }, target: { type: 'AverageValue', averageValue } },
})

describe('metrics', () => {
  test.each([
    [{ target: '75' }, utilization(75)],
    [{ target: '0.1' }, utilization(1)],
    [{ target: '74.01' }, utilization(75)],
    [{ target: '1e12' }, utilization(2147483647)],
    [{ metric: 'memory', target: '200' }, memory('200Mi')],
    [{ metric: 'memory', target: '200.9' }, memory('200Mi')],
    [{ metric: 'memory', target: '1024' }, memory('1Gi')],
    [{ metric: 'concurrency', target: '50' }, ofPods('concurrency', '50')],
    [{ metric: 'queue_length', target: '2000.7' }, ofPods('queue_length', '2k')],
    [{ metric: 'queue_length', target: '1e300' }, ofPods('queue_length', '9007199254740991')],
  ])('%j', (annotations, metric) => {
    expect(specOf(annotations).metrics).toEqual([metric])
  })

  test.each<Record<string, string>>([{}, { metric: 'memory' }, { target: 'much' }])(
    '%j leaves the choice to Kubernetes',
    (annotations) => {
      expect(specOf(annotations)).not.toHaveProperty('metrics')
    },
  )

  test('a PodAutoscaler that names none is scaled by CPU', () => {
    const pa = podAutoscaler({ target: '75' })
    delete pa.metadata.annotations?.['autoscaling.knative.dev/metric']
    expect(desiredAutoscaler(pa, hpaConfig()).spec.metrics).toEqual([utilization(75)])
  })
})

describe('behavior', () => {
  test.each([
    ['20s', 20],
    ['1m30s', 90],
    ['6.9s', 6],
  ])('a window of %s steadies both directions', (window, stabilizationWindowSeconds) => {
    expect(specOf({ window }).behavior).toEqual({
      scaleUp: { stabilizationWindowSeconds },
      scaleDown: { stabilizationWindowSeconds },
    })
  })

  test("without a window it is Kubernetes' own, whatever the cluster's stable window is", () => {
    expect(specOf({}, { 'stable-window': '30s' })).not.toHaveProperty('behavior')
  })
})
