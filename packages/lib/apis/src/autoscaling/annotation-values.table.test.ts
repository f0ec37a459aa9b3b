import { describe, expect, test } from '@jest/globals'
import { type AutoscalingAnnotations, autoscalingAnnotations } from './annotation-values.ts'

const prefix = 'autoscaling.knative.dev/'

describe('autoscalingAnnotations', () => {
  test.each<[keyof AutoscalingAnnotations, string, string, unknown]>([
    ['class', 'class', 'kpa.autoscaling.knative.dev', 'kpa.autoscaling.knative.dev'],
    ['metric', 'metric', 'rps', 'rps'],
    ['target', 'target', '1.5', 1.5],
    ['target', 'target', 'lots', undefined],
    ['target', 'target', 'NaN', undefined],
    ['target', 'target', '+Inf', undefined],
    ['targetUtilizationPercentage', 'target-utilization-percentage', '70', 70],
    ['targetUtilizationPercentage', 'targetUtilizationPercentage', '70', 70],
    ['targetBurstCapacity', 'target-burst-capacity', '-1', -1],
    ['targetBurstCapacity', 'targetBurstCapacity', '0', 0],
    ['windowMs', 'window', '1m30s', 90_000],
    ['windowMs', 'window', '90', undefined],
    ['panicWindowPercentage', 'panic-window-percentage', '20', 20],
    ['panicThresholdPercentage', 'panicThresholdPercentage', '150', 150],
    ['minScale', 'min-scale', '3', 3],
    ['minScale', 'minScale', '3', 3],
    ['minScale', 'min-scale', '2147483648', undefined],
    ['maxScale', 'max-scale', '3.0', undefined],
    ['initialScale', 'initialScale', '0', 0],
    ['activationScale', 'activation-scale', '5', 5],
    ['scaleDownDelayMs', 'scaleDownDelay', '10s', 10_000],
    ['scaleToZeroPodRetentionPeriodMs', 'scale-to-zero-pod-retention-period', '1h', 3_600_000],
    ['metricAggregationAlgorithm', 'metricAggregationAlgorithm', 'linear', 'linear'],
  ])('%s from %s=%j is %p', (field, key, value, expected) => {
    expect(autoscalingAnnotations({ [prefix + key]: value })[field]).toBe(expected)
  })

  test('are all absent without annotations', () => {
    expect(Object.values(autoscalingAnnotations(undefined)).every((value) => value === undefined)).toBe(true)
  })

  test('of two spellings the first counts, even if it makes no sense', () => {
    const both = { [`${prefix}min-scale`]: 'x', [`${prefix}minScale`]: '3' }
    expect(autoscalingAnnotations(both).minScale).toBeUndefined()
  })
})
