import { describe, expect, test } from '@jest/globals'
import { parseLeaderElectionConfig } from './leader-election-config.ts'

describe('config-leader-election', () => {
  test.each([
    [
      {},
      {
        buckets: 1,
        leaseDurationMs: 60_000,
        renewDeadlineMs: 40_000,
        retryPeriodMs: 10_000,
        leasePrefixes: {},
      },
    ],
    [
      { leaseDuration: '15s', buckets: '10' },
      { leaseDurationMs: 15_000, buckets: 10 },
    ],
    [{ leaseDuration: '15s', 'lease-duration': '20s' }, { leaseDurationMs: 20_000 }],
    [{ 'map-lease-prefix.webhook.q': 'other' }, { leasePrefixes: { 'webhook.q': 'other' } }],
  ])('%j', (data: Record<string, string>, expected) =>
    expect(parseLeaderElectionConfig(data)).toMatchObject(expected),
  )
  test.each(['0', '11'])('refuses %s buckets', (buckets) => {
    expect(() => parseLeaderElectionConfig({ buckets })).toThrow(
      `buckets: value must be between 1 <= ${buckets} <= 10`,
    )
  })
})
