import { describe, expect, test } from '@jest/globals'
import { parseAutoscalerConfig } from './autoscaler-config.ts'

test('defaults', () => {
  expect(parseAutoscalerConfig({ _example: 'ignored', unknown: 'ignored' })).toEqual({
    podAutoscalerClass: 'kpa.autoscaling.knative.dev',
    enableScaleToZero: true,
    allowZeroInitialScale: false,
    containerConcurrencyTargetFraction: 0.7,
    containerConcurrencyTargetDefault: 100,
    rpsTargetDefault: 200,
    targetBurstCapacity: 211,
    activatorCapacity: 100,
    maxScaleUpRate: 1000,
    maxScaleDownRate: 2,
    stableWindowMs: 60_000,
    panicWindowPercentage: 10,
    panicThresholdPercentage: 200,
    scaleToZeroGracePeriodMs: 30_000,
    scaleToZeroPodRetentionPeriodMs: 0,
    scaleDownDelayMs: 0,
    initialScale: 1,
    minScale: 0,
    maxScale: 0,
    maxScaleLimit: 0,
  })
})

describe('accepts', () => {
  test.each([
    [{ 'container-concurrency-target-percentage': '0.5' }, { containerConcurrencyTargetFraction: 0.5 }],
    [{ 'container-concurrency-target-percentage': '100' }, { containerConcurrencyTargetFraction: 1 }],
    [{ 'container-concurrency-target-percentage': '1' }, { containerConcurrencyTargetFraction: 1 }],
    [{ 'target-burst-capacity': '-1' }, { targetBurstCapacity: -1 }],
    [{ 'stable-window': '1h' }, { stableWindowMs: 3_600_000 }],
    [{ 'scale-down-delay': '48h' }, { scaleDownDelayMs: 172_800_000 }],
    [{ 'panic-threshold-percentage': '1' }, { panicThresholdPercentage: 1 }],
    [{ 'initial-scale': '0', 'allow-zero-initial-scale': 'true' }, { initialScale: 0 }],
    [
      { 'min-scale': '3', 'max-scale': '3' },
      { minScale: 3, maxScale: 3 },
    ],
    [
      { 'max-scale': '5', 'max-scale-limit': '5' },
      { maxScale: 5, maxScaleLimit: 5 },
    ],
    [
      { 'pod-autoscaler-class': ' hpa.autoscaling.knative.dev ' },
      { podAutoscalerClass: 'hpa.autoscaling.knative.dev' },
    ],
  ])('%j', (data: Record<string, string>, expected) => {
    expect(parseAutoscalerConfig(data)).toMatchObject(expected)
  })
})

describe('refuses', () => {
  test.each([
    [
      { 'enable-scale-to-zero': 'yes' },
      'failed to parse data: failed to parse "enable-scale-to-zero": strconv.ParseBool: parsing "yes": invalid syntax',
    ],
    [
      { 'stable-window': '' },
      'failed to parse data: failed to parse "stable-window": time: invalid duration ""',
    ],
    [
      { 'initial-scale': ' 5' },
      'failed to parse data: failed to parse "initial-scale": strconv.ParseInt: parsing " 5": invalid syntax',
    ],
    [{ 'scale-to-zero-grace-period': '0s' }, 'scale-to-zero-grace-period must be positive, was: 0s'],
    [{ 'scale-down-delay': '-1s' }, 'scale-down-delay cannot be negative, was: -1s'],
    [
      { 'scale-down-delay': '1500ms' },
      'scale-down-delay = 1.5s, must be specified with at most second precision',
    ],
    [
      { 'scale-to-zero-pod-retention-period': '-1m' },
      'scale-to-zero-pod-retention-period cannot be negative, was: -1m0s',
    ],
    [
      { 'target-burst-capacity': '-2' },
      'target-burst-capacity must be either non-negative or -1 (for unlimited), was: -2.000000',
    ],
    [
      { 'container-concurrency-target-percentage': '0' },
      'container-concurrency-target-percentage = 0.000000 is outside of valid range of (0, 100]',
    ],
    [
      { 'container-concurrency-target-percentage': '101' },
      'container-concurrency-target-percentage = 1.010000 is outside of valid range of (0, 100]',
    ],
    [
      { 'container-concurrency-target-percentage': 'NaN' },
      'container-concurrency-target-percentage = NaN is outside of valid range of (0, 100]',
    ],
    [
      { 'container-concurrency-target-percentage': '0.5', 'container-concurrency-target-default': '0.01' },
      "container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of 0.005, can't be less than 0.01",
    ],
    [
      { 'requests-per-second-target-default': '0.001' },
      'requests-per-second-target-default must be at least 0.01, was: 0.001',
    ],
    [{ 'activator-capacity': '0.5' }, 'activator-capacity = 0.5, must be at least 1'],
    [{ 'max-scale-up-rate': '1' }, 'max-scale-up-rate = 1, must be greater than 1.0'],
    [{ 'max-scale-down-rate': '0.9' }, 'max-scale-down-rate = 0.9, must be greater than 1.0'],
    [{ 'stable-window': '5s' }, 'stable-window = 5s, must be in [6s; 1h0m0s] range'],
    [{ 'stable-window': '61m' }, 'stable-window = 1h1m0s, must be in [6s; 1h0m0s] range'],
    [{ 'stable-window': '6500ms' }, 'stable-window = 6.5s, must be specified with at most second precision'],
    [{ 'panic-window-percentage': '0.5' }, 'panic-window-percentage = 0.5, must be in [1, 100] interval'],
    [
      { 'initial-scale': '0' },
      'initial-scale = 0, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)',
    ],
    [
      { 'initial-scale': '-1', 'allow-zero-initial-scale': '1' },
      'initial-scale = -1, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)',
    ],
    [{ 'min-scale': '-1' }, 'min-scale = -1, must be at least 0'],
    [{ 'max-scale': '-1' }, 'max-scale = -1, must be in [0, max-scale-limit(0)] range'],
    [{ 'max-scale-limit': '5' }, 'max-scale = 0, must be in [1, max-scale-limit(5)] range'],
    [{ 'max-scale': '6', 'max-scale-limit': '5' }, 'max-scale = 6, must be in [1, max-scale-limit(5)] range'],
    [{ 'max-scale-limit': '-1' }, 'max-scale-limit = -1, must be at least 0'],
    [{ 'min-scale': '3', 'max-scale': '2' }, 'min-scale (3) must be less than max-scale (2)'],
    [
      { 'scale-to-zero-grace-period': '-1s', 'stable-window': '1s' },
      'scale-to-zero-grace-period must be positive, was: -1s',
    ],
  ])('%j', (data: Record<string, string>, message) => {
    expect(() => parseAutoscalerConfig(data)).toThrow(
      expect.objectContaining({ message, code: 'CONFIG_VALUE' }),
    )
  })
})
