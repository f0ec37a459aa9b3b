import { formatDuration, formatFixed, formatFloat, kpaClass, nsPerSecond } from '@knative-ts/apis'
import { ConfigValues, prefixErrors, toMs } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import type { AutoscalerConfig } from './types.ts'

const shortestWindowNs = 6n * nsPerSecond
const longestWindowNs = 3_600n * nsPerSecond
const smallestTarget = 0.01

/** Parses `config-autoscaler`. @throws ConfigValueError for the first key that breaks a rule */
export function parseAutoscalerConfig(data: Readonly<Record<string, string>>): AutoscalerConfig {
  const read = prefixErrors('failed to parse data: ', () => readValues(new ConfigValues(data)))
  const { stableWindowNs, gracePeriodNs, retentionPeriodNs, scaleDownDelayNs, percentage, ...rest } = read
  const config: AutoscalerConfig = {
    ...rest,
    containerConcurrencyTargetFraction: percentage > 1 ? percentage / 100 : percentage,
    stableWindowMs: toMs(stableWindowNs),
    scaleToZeroGracePeriodMs: toMs(gracePeriodNs),
    scaleToZeroPodRetentionPeriodMs: toMs(retentionPeriodNs),
    scaleDownDelayMs: toMs(scaleDownDelayNs),
  }
  checkDelays(gracePeriodNs, scaleDownDelayNs, retentionPeriodNs)
  checkTargets(config)
  checkWindows(stableWindowNs, config.panicWindowPercentage)
  checkScales(config)
  return config
}

function readValues(values: ConfigValues) {
  return {
    podAutoscalerClass: values.text('pod-autoscaler-class', kpaClass),
    enableScaleToZero: values.bool('enable-scale-to-zero', true),
    allowZeroInitialScale: values.bool('allow-zero-initial-scale', false),
    maxScaleUpRate: values.float('max-scale-up-rate', 1000),
    maxScaleDownRate: values.float('max-scale-down-rate', 2),
    percentage: values.float('container-concurrency-target-percentage', 70),
    containerConcurrencyTargetDefault: values.float('container-concurrency-target-default', 100),
    rpsTargetDefault: values.float('requests-per-second-target-default', 200),
    targetBurstCapacity: values.float('target-burst-capacity', 211),
    panicWindowPercentage: values.float('panic-window-percentage', 10),
    activatorCapacity: values.float('activator-capacity', 100),
    panicThresholdPercentage: values.float('panic-threshold-percentage', 200),
    initialScale: values.int32('initial-scale', 1),
    minScale: values.int32('min-scale', 0),
    maxScale: values.int32('max-scale', 0),
    maxScaleLimit: values.int32('max-scale-limit', 0),
    stableWindowNs: values.duration('stable-window', 60n * nsPerSecond),
    scaleDownDelayNs: values.duration('scale-down-delay', 0n),
    gracePeriodNs: values.duration('scale-to-zero-grace-period', 30n * nsPerSecond),
    retentionPeriodNs: values.duration('scale-to-zero-pod-retention-period', 0n),
  }
}

function checkDelays(gracePeriodNs: bigint, scaleDownDelayNs: bigint, retentionPeriodNs: bigint): void {
  require(gracePeriodNs > 0n, () =>
    `scale-to-zero-grace-period must be positive, was: ${formatDuration(gracePeriodNs)}`)
  require(scaleDownDelayNs >= 0n, () =>
    `scale-down-delay cannot be negative, was: ${formatDuration(scaleDownDelayNs)}`)
  require(scaleDownDelayNs % nsPerSecond === 0n, () =>
    `scale-down-delay = ${formatDuration(scaleDownDelayNs)}, must be specified with at most second precision`)
  require(retentionPeriodNs >= 0n, () =>
    `scale-to-zero-pod-retention-period cannot be negative, was: ${formatDuration(retentionPeriodNs)}`)
}

function checkTargets(config: AutoscalerConfig): void {
  const { targetBurstCapacity, containerConcurrencyTargetFraction: fraction } = config
  require(targetBurstCapacity >= 0 || targetBurstCapacity === -1, () =>
    `target-burst-capacity must be either non-negative or -1 (for unlimited), was: ${formatFixed(targetBurstCapacity)}`)
  require(fraction > 0 && fraction <= 1, () =>
    `container-concurrency-target-percentage = ${formatFixed(fraction)} is outside of valid range of (0, 100]`)
  const target = fraction * config.containerConcurrencyTargetDefault
  require(target >= smallestTarget, () =>
    `container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of ${formatFloat(target)}, can't be less than 0.01`)
  require(config.rpsTargetDefault >= smallestTarget, () =>
    `requests-per-second-target-default must be at least 0.01, was: ${formatFloat(config.rpsTargetDefault)}`)
  require(config.activatorCapacity >= 1, () =>
    `activator-capacity = ${formatFloat(config.activatorCapacity)}, must be at least 1`)
  require(config.maxScaleUpRate > 1, () =>
    `max-scale-up-rate = ${formatFloat(config.maxScaleUpRate)}, must be greater than 1.0`)
  require(config.maxScaleDownRate > 1, () =>
    `max-scale-down-rate = ${formatFloat(config.maxScaleDownRate)}, must be greater than 1.0`)
}

function checkWindows(stableWindowNs: bigint, panicWindowPercentage: number): void {
  const window = formatDuration(stableWindowNs)
  require(stableWindowNs >= shortestWindowNs && stableWindowNs <= longestWindowNs, () =>
    `stable-window = ${window}, must be in [6s; 1h0m0s] range`)
  require(stableWindowNs % nsPerSecond === 0n, () =>
    `stable-window = ${window}, must be specified with at most second precision`)
  require(panicWindowPercentage >= 1 && panicWindowPercentage <= 100, () =>
    `panic-window-percentage = ${formatFloat(panicWindowPercentage)}, must be in [1, 100] interval`)
}

function checkScales(config: AutoscalerConfig): void {
  const { initialScale, minScale, maxScale, maxScaleLimit } = config
  require(initialScale > 0 || (initialScale === 0 && config.allowZeroInitialScale), () =>
    `initial-scale = ${initialScale}, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)`)
  require(minScale >= 0, () => `min-scale = ${minScale}, must be at least 0`)
  const smallestMax = maxScaleLimit > 0 ? 1 : 0
  require(maxScale >= smallestMax && (maxScaleLimit <= 0 || maxScale <= maxScaleLimit), () =>
    `max-scale = ${maxScale}, must be in [${smallestMax}, max-scale-limit(${maxScaleLimit})] range`)
  require(maxScaleLimit >= 0, () => `max-scale-limit = ${maxScaleLimit}, must be at least 0`)
  require(maxScale === 0 || minScale <= maxScale, () =>
    `min-scale (${minScale}) must be less than max-scale (${maxScale})`)
}

function require(holds: boolean, message: () => string): void {
  if (!holds) throw new ConfigValueError(message())
}
