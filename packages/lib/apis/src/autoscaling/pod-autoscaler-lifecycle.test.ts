import { describe, expect, test } from '@jest/globals'
import { conditionOf } from '../conditions/condition.ts'
import {
  markMetricFailed,
  markMetricNotReady,
  markMetricReady,
  metricConditions,
} from './metric-lifecycle.ts'
import {
  conditionAgeMs,
  markActivating,
  markActive,
  markInactive,
  markResourceFailedCreation,
  markResourceNotOwned,
  markScaleTargetInitialized,
  markSKSNotReady,
  markSKSReady,
  podAutoscalerConditions,
} from './pod-autoscaler-lifecycle.ts'
import type { PodAutoscalerStatus } from './types.ts'

function fresh(): PodAutoscalerStatus {
  const status: PodAutoscalerStatus = { serviceName: '', metricsServiceName: '' }
  podAutoscalerConditions.initialize(status)
  return status
}

const ready = (status: PodAutoscalerStatus) => conditionOf(status, 'Ready')

describe('a PodAutoscaler', () => {
  test('is ready when it is active, initialized and has Services', () => {
    const status = fresh()
    expect(ready(status)?.status).toBe('Unknown')
    markActive(status)
    markSKSReady(status)
    expect(ready(status)?.status).toBe('Unknown')
    markScaleTargetInitialized(status)
    expect(ready(status)).toEqual({ type: 'Ready', status: 'True' })
  })

  test('is not ready at zero, for that reason, whatever else is unknown', () => {
    const status = fresh()
    markInactive(status, 'NoTraffic', 'The target is not receiving traffic.')
    markSKSNotReady(status, 'K8s Service is not ready')
    expect(ready(status)).toMatchObject({ status: 'False', reason: 'NoTraffic' })
    expect(conditionOf(status, 'SKSReady')).toMatchObject({ status: 'Unknown', reason: 'NotReady' })
  })

  test('is undecided while it is started', () => {
    const status = fresh()
    markActivating(status, 'Queued', 'Requests to the target are being buffered.')
    expect(ready(status)).toMatchObject({ status: 'Unknown', reason: 'Queued' })
  })

  test('says whose object is in the way', () => {
    const status = fresh()
    markResourceNotOwned(status, 'Metric', 'hello')
    expect(ready(status)).toMatchObject({
      reason: 'NotOwned',
      message: 'There is an existing Metric "hello" that we do not own.',
    })
    markResourceFailedCreation(status, 'HorizontalPodAutoscaler', 'hello')
    expect(ready(status)).toMatchObject({
      reason: 'FailedCreate',
      message: 'Failed to create HorizontalPodAutoscaler "hello".',
    })
  })
})

test("a condition's age counts from its last transition", () => {
  const nowMs = Date.UTC(2026, 0, 1)
  expect(
    conditionAgeMs({ type: 'Active', status: 'True', lastTransitionTime: '2025-12-31T23:59:00Z' }, nowMs),
  ).toBe(60_000)
  expect(conditionAgeMs({ type: 'Active', status: 'True' }, nowMs)).toBe(0)
  expect(conditionAgeMs(undefined, nowMs)).toBe(0)
})

test('a Metric is ready, unknown or failed', () => {
  const status = {}
  metricConditions.initialize(status)
  markMetricNotReady(status, 'NoEndpoints', 'none yet')
  expect(conditionOf(status, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'NoEndpoints' })
  markMetricFailed(status, 'CollectionFailed', 'broken')
  expect(conditionOf(status, 'Ready')).toMatchObject({ status: 'False', reason: 'CollectionFailed' })
  markMetricReady(status)
  expect(conditionOf(status, 'Ready')).toEqual({ type: 'Ready', status: 'True' })
})
