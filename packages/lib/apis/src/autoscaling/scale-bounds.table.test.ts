import { describe, expect, test } from '@jest/globals'
import { boundedScale, initialScaleOf, type ScaleDefaults, scaleBounds } from './scale-bounds.ts'
import type { PodAutoscaler, Reachability } from './types.ts'

const defaults: ScaleDefaults = { minScale: 1, maxScale: 10, initialScale: 2, allowZeroInitialScale: false }

function podAutoscaler(
  annotations: Record<string, string>,
  reachability: Reachability = 'Reachable',
): PodAutoscaler {
  const prefixed = Object.entries(annotations).map(([key, value]) => [
    `autoscaling.knative.dev/${key}`,
    value,
  ])
  return {
    metadata: { annotations: Object.fromEntries(prefixed) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
      protocolType: 'http1',
      reachability,
    },
  }
}

describe('scaleBounds', () => {
  test.each<[Record<string, string>, Reachability, number, number]>([
    [{}, 'Reachable', 1, 10],
    [{}, '', 1, 10],
    [{}, 'Unreachable', 0, 10],
    [{ 'min-scale': '3', 'max-scale': '5' }, 'Reachable', 3, 5],
    [{ 'min-scale': '3', 'max-scale': '5' }, 'Unreachable', 0, 5],
    [{ 'min-scale': '0', 'max-scale': '0' }, 'Reachable', 0, 0],
    [{ 'min-scale': 'x' }, 'Reachable', 1, 10],
  ])('%j while %j are %d to %d', (annotations, reachability, min, max) => {
    expect(scaleBounds(podAutoscaler(annotations, reachability), defaults)).toEqual({ min, max })
  })
})

test.each([
  [-1, 0, 0, 0],
  [-1, 2, 0, 2],
  [3, 2, 5, 3],
  [9, 2, 5, 5],
  [9, 2, 0, 9],
  [0, 0, 5, 0],
])('%d within %d and %d is %d', (scale, min, max, expected) => {
  expect(boundedScale(scale, { min, max })).toBe(expected)
})

test.each([
  [{}, false, 2],
  [{ 'initial-scale': '5' }, false, 5],
  [{ 'initial-scale': '0' }, false, 2],
  [{ 'initial-scale': '0' }, true, 0],
  [{ 'initial-scale': 'x' }, true, 2],
])('the initial scale of %j, zero allowed: %p, is %d', (annotations, allowZeroInitialScale, expected) => {
  expect(initialScaleOf(podAutoscaler(annotations), { ...defaults, allowZeroInitialScale })).toBe(expected)
})
