import { expect, test } from '@jest/globals'
import type { HorizontalPodAutoscalerSpec } from './desired-autoscaler.ts'
import { sameSpec } from './server-defaults.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' }
const spec = (change: Partial<HorizontalPodAutoscalerSpec> = {}): HorizontalPodAutoscalerSpec => ({
  scaleTargetRef,
  maxReplicas: 10,
  ...change,
})
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})
const percent = { type: 'Percent', value: 100, periodSeconds: 15 }
const four = { type: 'Pods', value: 4, periodSeconds: 15 }
const window = { stabilizationWindowSeconds: 20 }
const behavior = { scaleUp: window, scaleDown: window }
const stored = {
  scaleUp: { ...window, selectPolicy: 'Max', policies: [four, percent] },
  scaleDown: { ...window, selectPolicy: 'Max', policies: [percent] },
}

test.each<[string, Partial<HorizontalPodAutoscalerSpec>, Partial<HorizontalPodAutoscalerSpec>]>([
  ['itself', {}, {}],
  ['a minimum of 1', {}, { minReplicas: 1 }],
  ['the default metric', {}, { metrics: [cpu(80)] }],
  ['no metrics', {}, { metrics: [] }],
  ['the default policies', { behavior }, { behavior: stored }],
])('what the server stores is %s', (_, desired, actual) => {
  expect(sameSpec(spec(desired), spec(actual))).toBe(true)
})

test.each<[string, Partial<HorizontalPodAutoscalerSpec>, Partial<HorizontalPodAutoscalerSpec>]>([
  ['minimum', {}, { minReplicas: 2 }],
  ['maximum', {}, { maxReplicas: 11 }],
  ['metric', { metrics: [cpu(70)] }, { metrics: [cpu(80)] }],
  ['default metric', {}, { metrics: [cpu(70)] }],
  ['target', {}, { scaleTargetRef: { ...scaleTargetRef, name: 'other' } }],
  [
    'window',
    { behavior },
    { behavior: { ...stored, scaleDown: { ...stored.scaleDown, stabilizationWindowSeconds: 30 } } },
  ],
  [
    'policies',
    { behavior },
    { behavior: { ...stored, scaleUp: { ...stored.scaleUp, policies: [percent] } } },
  ],
  ['behavior that is gone', {}, { behavior: stored }],
])('another %s is a difference', (_, desired, actual) => {
  expect(sameSpec(spec(desired), spec(actual))).toBe(false)
})
