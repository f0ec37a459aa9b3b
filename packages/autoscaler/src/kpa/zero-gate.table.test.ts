import { describe, expect, test } from '@jest/globals'
import { type ZeroGate, type ZeroGateInput, zeroGate } from './zero-gate.ts'

const base: ZeroGateInput = {
  activatorReachable: true,
  inactiveMs: 0,
  gracePeriodMs: 30_000,
  retentionMs: 0,
  proxiedMs: 0,
}

const rows: [string, Partial<ZeroGateInput>, ZeroGate][] = [
  ['the activator does not answer', { activatorReachable: false, inactiveMs: 90_000 }, { kind: 'probe' }],
  ['the grace period is over', { inactiveMs: 30_000 }, { kind: 'open' }],
  [
    'the grace period is over, retention is not',
    { inactiveMs: 30_000, retentionMs: 45_000 },
    { kind: 'wait', recheckAfterMs: 15_000 },
  ],
  ['both are over', { inactiveMs: 45_000, retentionMs: 45_000 }, { kind: 'open' }],
  [
    'retention runs although the activator is in the path',
    { inactiveMs: 5000, retentionMs: 20_000, proxiedMs: 60_000 },
    { kind: 'wait', recheckAfterMs: 15_000 },
  ],
  [
    'the activator has been in the path for the grace period',
    { inactiveMs: 1000, proxiedMs: 30_000 },
    { kind: 'open' },
  ],
  [
    'retention is over and the activator in the path long enough',
    { inactiveMs: 20_000, retentionMs: 20_000, proxiedMs: 30_000 },
    { kind: 'open' },
  ],
  [
    'the activator came into the path lately',
    { inactiveMs: 1000, proxiedMs: 10_000 },
    { kind: 'wait', recheckAfterMs: 20_000 },
  ],
  ['the activator is not in the path', { inactiveMs: 1000 }, { kind: 'wait', recheckAfterMs: 30_000 }],
]

describe('zeroGate', () => {
  test.each(rows)('%s', (_, change, expected) => {
    expect(zeroGate({ ...base, ...change })).toEqual(expected)
  })
})
