import { describe, expect, test } from '@jest/globals'
import type { Condition } from '@knative-ts/apis'
import { type ScaleStep, type ScaleStepInput, scaleStep } from './scale-step.ts'

const nowMs = Date.UTC(2026, 0, 1)

const active = (status: Condition['status'], secondsAgo: number): Condition => ({
  type: 'Active',
  status,
  lastTransitionTime: new Date(nowMs - secondsAgo * 1000).toISOString(),
})

const base: ScaleStepInput = {
  desired: 1,
  active: active('True', 10),
  scaleTargetInitialized: 'True',
  reachable: true,
  bounds: { min: 0, max: 0 },
  initialScale: 1,
  enableScaleToZero: true,
  progressDeadlineMs: 600_000,
  stableWindowMs: 60_000,
  mode: 'Serve',
  nowMs,
}

const rows: [string, Partial<ScaleStepInput>, ScaleStep][] = [
  ['undecided while active keeps', { desired: -1 }, { kind: 'keep', want: -1 }],
  [
    'undecided while inactive keeps',
    { desired: -1, active: active('False', 10) },
    { kind: 'keep', want: -1 },
  ],
  [
    'undecided while activating waits for the deadline',
    { desired: -1, active: active('Unknown', 10) },
    { kind: 'keep', want: -1, recheckAfterMs: 630_000 },
  ],
  [
    'undecided while activating is brought to the minimum',
    { desired: -1, active: active('Unknown', 10), bounds: { min: 2, max: 0 } },
    { kind: 'apply', want: 2 },
  ],
  [
    'undecided before any condition waits',
    { desired: -1, active: undefined },
    { kind: 'keep', want: -1, recheckAfterMs: 630_000 },
  ],
  [
    'the initial scale is the least until it was reached',
    { desired: 1, initialScale: 3, scaleTargetInitialized: 'Unknown' },
    { kind: 'apply', want: 3 },
  ],
  [
    'the initial scale counts no more once it was reached',
    { desired: 1, initialScale: 3 },
    { kind: 'apply', want: 1 },
  ],
  [
    'the initial scale does not count while unreachable',
    { desired: 1, initialScale: 3, scaleTargetInitialized: 'Unknown', reachable: false },
    { kind: 'apply', want: 1 },
  ],
  ['the minimum holds', { desired: 0, bounds: { min: 2, max: 5 } }, { kind: 'apply', want: 2 }],
  ['the maximum holds', { desired: 9, bounds: { min: 2, max: 5 } }, { kind: 'apply', want: 5 }],
  ['a maximum of 0 is none', { desired: 9 }, { kind: 'apply', want: 9 }],
  ['without scale to zero one stays', { desired: 0, enableScaleToZero: false }, { kind: 'apply', want: 1 }],
  [
    'activating at the deadline still waits',
    { desired: 0, active: active('Unknown', 630) },
    { kind: 'keep', want: -1, recheckAfterMs: 630_000 },
  ],
  [
    'activating beyond the deadline is given up',
    { desired: 0, active: active('Unknown', 631) },
    { kind: 'apply', want: 0 },
  ],
  [
    'idle for less than the stable window keeps one',
    { desired: 0, active: active('True', 20) },
    { kind: 'apply', want: 1, recheckAfterMs: 40_000 },
  ],
  [
    'idle for the stable window is marked inactive first',
    { desired: 0, active: active('True', 60) },
    { kind: 'keep', want: 0 },
  ],
  [
    'and looked at again soon if the activator is in the path',
    { desired: 0, active: active('True', 60), mode: 'Proxy' },
    { kind: 'keep', want: 0, recheckAfterMs: 3000 },
  ],
  ['inactive goes to the gate', { desired: 0, active: active('False', 1) }, { kind: 'zero' }],
]

describe('scaleStep', () => {
  test.each(rows)('%s', (_, change, expected) => {
    expect(scaleStep({ ...base, ...change })).toEqual(expected)
  })
})
