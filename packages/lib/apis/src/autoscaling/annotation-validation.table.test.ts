import { describe, expect, test } from '@jest/globals'
import { testSettings } from '../testing/settings.ts'
import { validateAutoscalingAnnotations } from './annotation-validation.ts'

const key = (name: string) => `autoscaling.knative.dev/${name}`
const keyed = (annotations: Record<string, string>) =>
  Object.fromEntries(Object.entries(annotations).map(([name, value]) => [key(name), value]))
const { autoscaler } = testSettings()
const validate = (annotations: Record<string, string>, settings = autoscaler) =>
  String(validateAutoscalingAnnotations(keyed(annotations), settings))

const kpa = 'kpa.autoscaling.knative.dev'
const hpa = 'hpa.autoscaling.knative.dev'
const K = 'autoscaling.knative.dev'

describe('accepts', () => {
  test.each([
    [{}],
    [{ class: kpa }],
    [{ class: hpa }],
    [{ class: 'my.own.autoscaler' }],
    [{ 'min-scale': '0', 'max-scale': '2147483647' }],
    [{ minScale: '2', maxScale: '2' }],
    [{ 'min-scale': '5', 'max-scale': '0' }],
    [{ 'activation-scale': '2' }],
    [{ 'initial-scale': '3' }],
    [{ metric: 'rps' }],
    [{ metric: 'anything', class: hpa }],
    [{ metric: '', class: 'my.own.autoscaler' }],
    [{ 'metric-aggregation-algorithm': 'weighted-exponential', class: kpa }],
    [{ 'metric-aggregation-algorithm': 'nonsense' }],
    [{ target: '0.01' }],
    [{ 'target-utilization-percentage': '1' }],
    [{ 'target-burst-capacity': '-1' }],
    [{ 'target-burst-capacity': '0' }],
    [{ 'panic-window-percentage': '100' }],
    [{ 'panic-threshold-percentage': '1000' }],
    [{ window: '6s' }],
    [{ window: '1h' }],
    [{ 'scale-down-delay': '0s' }],
    [{ 'scale-to-zero-pod-retention-period': '1500ms' }],
    [{ unknown: 'x' }],
  ])('%j', (annotations: Record<string, string>) => expect(validate(annotations)).toBe(''))
})

describe('refuses', () => {
  test.each([
    [{ class: 'foo.knative.dev' }, `invalid value: foo.knative.dev: ${K}/class`],
    [{ 'min-scale': '-1' }, `expected 0 <= -1 <= 2147483647: ${K}/min-scale`],
    [{ minScale: '2147483648' }, `expected 0 <= 2147483648 <= 2147483647: ${K}/minScale`],
    [{ 'max-scale': 'x' }, `invalid value: x: ${K}/max-scale`],
    [{ 'max-scale': '1.5' }, `invalid value: 1.5: ${K}/max-scale`],
    [
      { minScale: '3', maxScale: '2' },
      `max-scale=2 is less than min-scale=3: ${K}/max-scale, ${K}/min-scale`,
    ],
    [{ 'activation-scale': '1' }, `activation-scale=1 must be greater than 1: ${K}/activation-scale`],
    [{ 'activation-scale': 'x' }, `invalid value: x: ${K}/activation-scale`],
    [
      { 'activation-scale': '2', 'min-scale': '3' },
      `min-scale=3 is greater than activation-scale=2: ${K}/activation-scale`,
    ],
    [
      { 'activation-scale': '5', 'max-scale': '3' },
      `max-scale=3 is less than activation-scale=5: ${K}/activation-scale`,
    ],
    [{ 'initial-scale': '-1' }, `invalid value: -1: ${K}/initial-scale must be greater than 0`],
    [{ initialScale: '0' }, `invalid value: 0: ${K}/initialScale=0 not allowed by cluster`],
    [{ 'initial-scale': 'x' }, `invalid value: x: ${K}/initial-scale`],
    [{ metric: 'cpu' }, `invalid value: cpu: ${K}/metric`],
    [{ metric: '', class: hpa }, `invalid value: : ${K}/metric`],
    [{ metricAggregationAlgorithm: 'x', class: kpa }, `invalid value: x: ${K}/metricAggregationAlgorithm`],
    [{ target: '0.001' }, `target 0.001 should be at least 0.01: ${K}/target`],
    [{ target: 'NaN' }, `target NaN should be at least 0.01: ${K}/target`],
    [{ target: 'x' }, `invalid value: x: ${K}/target`],
    [{ targetUtilizationPercentage: '0.5' }, `expected 1 <= 0.5 <= 100: ${K}/targetUtilizationPercentage`],
    [{ 'target-burst-capacity': '-0.5' }, `invalid value: -0.5: ${K}/target-burst-capacity`],
    [{ 'panic-window-percentage': '101' }, `expected 1 <= 101 <= 100: ${K}/panic-window-percentage`],
    [{ 'panic-threshold-percentage': '109' }, `expected 110 <= 109 <= 1000: ${K}/panic-threshold-percentage`],
    [{ window: '5s' }, `expected 6s <= 5s <= 1h0m0s: ${K}/window`],
    [{ window: '6500ms' }, `must be specified with at most second precision: ${K}/window`],
    [{ window: '60' }, `invalid value: 60: ${K}/window`],
    [{ scaleDownDelay: '-1s' }, `expected 0s <= -1s <= 1h0m0s: ${K}/scaleDownDelay`],
    [
      { 'scale-down-delay': '1500ms' },
      `must be specified with at most second precision: ${K}/scale-down-delay`,
    ],
    [
      { 'scale-to-zero-pod-retention-period': '61m' },
      `expected 0s <= 61m <= 1h0m0s: ${K}/scale-to-zero-pod-retention-period`,
    ],
  ])('%j', (annotations: Record<string, string>, text) => expect(validate(annotations)).toBe(text))
})

describe('with settings of the cluster', () => {
  test.each([
    [{ 'max-scale': '6' }, { maxScaleLimit: 5 }, `expected 1 <= 6 <= 5: ${K}/max-scale`],
    [{ maxScale: '0' }, { maxScaleLimit: 5 }, `max-scale=0 (unlimited), must be less than 5: ${K}/maxScale`],
    [{}, { maxScaleLimit: 5 }, ''],
    [{ 'initial-scale': '0' }, { allowZeroInitialScale: true }, ''],
    [{ metric: 'cpu' }, { podAutoscalerClass: hpa }, ''],
  ])('%j under %j', (annotations: Record<string, string>, changes, text) => {
    expect(validate(annotations, testSettings({ autoscaler: changes }).autoscaler)).toBe(text)
  })
})
