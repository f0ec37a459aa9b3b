import {
  type AutoscalingAnnotations,
  autoscalingAnnotations,
  configurationLabelKey,
  initialScaleOf,
  type PodAutoscaler,
  revisionLabelKey,
  serviceLabelKey,
} from '@knative-ts/apis'
import type { AutoscalerConfig } from '@knative-ts/config'
import type { ScalingMetric } from '@knative-ts/stats/windows'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'
import type { ScaleParameters } from './desired-scale.ts'

const smallestTarget = 0.01
const defaultRpsUtilization = 0.7
const secondMs = 1000

/** How one PodAutoscaler is to be scaled: its annotations over the cluster's defaults. */
export interface DeciderSpec {
  readonly metric: ScalingMetric
  readonly parameters: ScaleParameters
  readonly panicWindowMs: number
  readonly initialScale: number
  readonly scaleDownDelayMs: number
  /** Where metrics say the load belongs. */
  readonly labels: { readonly service: string; readonly configuration: string; readonly revision: string }
}

/**
 * Derives the spec.
 * @throws AutoscalerError `AUTOSCALER_LABEL_MISSING`
 */
export function deciderSpec(pa: PodAutoscaler, config: AutoscalerConfig): DeciderSpec {
  const annotations = autoscalingAnnotations(pa.metadata.annotations)
  const metric: ScalingMetric = annotations.metric === 'rps' ? 'rps' : 'concurrency'
  const totalValue = totalTarget(pa, annotations, metric, config)
  const utilization = targetUtilization(annotations, metric, config)
  const stableWindowMs = annotations.windowMs ?? config.stableWindowMs
  const { activationScale } = annotations
  return {
    metric,
    parameters: {
      totalValue,
      targetValue: Math.max(smallestTarget, totalValue * utilization),
      targetBurstCapacity: annotations.targetBurstCapacity ?? config.targetBurstCapacity,
      maxScaleUpRate: config.maxScaleUpRate,
      maxScaleDownRate: config.maxScaleDownRate,
      panicThreshold: (annotations.panicThresholdPercentage ?? config.panicThresholdPercentage) / 100,
      stableWindowMs,
      activationScale: activationScale !== undefined && activationScale > 1 ? activationScale : undefined,
      reachable: pa.spec.reachability !== 'Unreachable',
    },
    panicWindowMs: panicWindow(
      stableWindowMs,
      annotations.panicWindowPercentage ?? config.panicWindowPercentage,
    ),
    initialScale: initialScaleOf(pa, config),
    scaleDownDelayMs: annotations.scaleDownDelayMs ?? config.scaleDownDelayMs,
    labels: {
      service: pa.metadata.labels?.[serviceLabelKey] ?? '',
      configuration: requiredLabel(pa, configurationLabelKey),
      revision: requiredLabel(pa, revisionLabelKey),
    },
  }
}

function totalTarget(
  pa: PodAutoscaler,
  { target }: AutoscalingAnnotations,
  metric: ScalingMetric,
  config: AutoscalerConfig,
): number {
  if (metric === 'rps') return target ?? config.rpsTargetDefault
  const limit = pa.spec.containerConcurrency ?? 0
  if (target !== undefined) return limit === 0 ? target : Math.min(target, limit)
  return limit > 0 ? limit : config.containerConcurrencyTargetDefault
}

function targetUtilization(
  { targetUtilizationPercentage }: AutoscalingAnnotations,
  metric: ScalingMetric,
  config: AutoscalerConfig,
): number {
  if (targetUtilizationPercentage !== undefined) return targetUtilizationPercentage / 100
  return metric === 'rps' ? defaultRpsUtilization : config.containerConcurrencyTargetFraction
}

/** The share of the stable window in whole seconds, halves rounded up, 1 s at least. */
export function panicWindow(stableWindowMs: number, percentage: number): number {
  return Math.max(secondMs, Math.round((stableWindowMs * percentage) / 100 / secondMs) * secondMs)
}

function requiredLabel(pa: PodAutoscaler, key: string): string {
  const value = pa.metadata.labels?.[key]
  if (value) return value
  throw new AutoscalerError(
    autoscalerErrorCodes.labelMissing,
    `label ${JSON.stringify(key)} not found or empty in Decider ${pa.metadata.name}`,
  )
}
