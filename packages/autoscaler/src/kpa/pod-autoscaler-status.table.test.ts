import { describe, expect, test } from '@jest/globals'
import {
  type ConditionStatus,
  conditionOf,
  type PodAutoscalerStatus,
  podAutoscalerConditions,
} from '@knative-ts/apis'
import { activeChange, applyScaleOutcome, type ScaleOutcome } from './pod-autoscaler-status.ts'

const statuses: ConditionStatus[] = ['True', 'False', 'Unknown']

describe('activeChange', () => {
  test.each<[number, number, number, ConditionStatus, ReturnType<typeof activeChange>]>([
    [0, 0, 1, 'Unknown', 'timed-out'],
    [0, 5, 1, 'Unknown', 'timed-out'],
    [0, 0, 1, 'True', 'no-traffic'],
    [0, 0, 1, 'False', 'no-traffic'],
    [1, 1, 0, 'Unknown', 'no-traffic'],
    [-1, 0, 0, 'True', 'no-traffic'],
    ...statuses.map(
      (before) => [2, 1, 2, before, 'queued'] as [number, number, number, ConditionStatus, 'queued'],
    ),
    [-1, 0, 1, 'True', 'queued'],
    [-1, 0, 1, 'Unknown', 'queued'],
    [-1, 0, 1, 'False', 'no-traffic'],
    ...statuses.map(
      (before) => [2, 2, 2, before, 'active'] as [number, number, number, ConditionStatus, 'active'],
    ),
    [-1, 1, 1, 'True', 'active'],
    [-1, 1, 1, 'Unknown', 'active'],
    [-1, 1, 1, 'False', 'unchanged'],
  ])('want %d, ready %d of %d, before %s: %s', (want, ready, threshold, before, expected) => {
    expect(activeChange({ want, ready }, threshold, before)).toBe(expected)
  })
})

describe('applyScaleOutcome', () => {
  const apply = (change: Partial<ScaleOutcome>, status: Partial<PodAutoscalerStatus> = {}) => {
    const written: PodAutoscalerStatus = { serviceName: 'hello-00001', metricsServiceName: '', ...status }
    podAutoscalerConditions.initialize(written)
    applyScaleOutcome(written, { want: 1, ready: 1, minScale: 0, initialScale: 1, ...change })
    return written
  }
  const condition = (status: PodAutoscalerStatus, type: string) => conditionOf(status, type)

  test('an undecided scale does not overwrite a known one', () => {
    expect(apply({ want: -1 }, { desiredScale: 4 }).desiredScale).toBe(4)
    expect(apply({ want: -1 }).desiredScale).toBe(-1)
    expect(apply({ want: 0 }, { desiredScale: 4 }).desiredScale).toBe(0)
  })

  test('the initial scale makes the target initialized, once', () => {
    expect(condition(apply({ ready: 2, initialScale: 3 }), 'ScaleTargetInitialized')?.status).toBe('Unknown')
    const status = apply({ ready: 3, initialScale: 3 })
    expect(condition(status, 'ScaleTargetInitialized')?.status).toBe('True')
    applyScaleOutcome(status, { want: 1, ready: 0, minScale: 0, initialScale: 3 })
    expect(condition(status, 'ScaleTargetInitialized')?.status).toBe('True')
    expect(condition(status, 'Active')?.reason).toBe('Queued')
  })

  test('not without a Service', () => {
    const status = apply({}, { serviceName: '' })
    expect(condition(status, 'ScaleTargetInitialized')?.status).toBe('Unknown')
    expect(condition(status, 'Active')?.status).toBe('True')
  })

  test('an initial scale of 0 is initialized and inactive at once', () => {
    const status = apply({ want: -1, ready: 0, initialScale: 0 })
    expect(condition(status, 'ScaleTargetInitialized')?.status).toBe('True')
    expect(condition(status, 'Active')).toMatchObject({
      status: 'False',
      reason: 'NoTraffic',
      message: 'The target is not receiving traffic.',
    })
  })

  test('a target that never started is timed out', () => {
    expect(condition(apply({ want: 0, ready: 0 }), 'Active')).toMatchObject({
      status: 'False',
      reason: 'TimedOut',
      message: 'The target could not be activated.',
    })
  })
})
