import { autoscalingAnnotations } from './annotation-values.ts'
import type { PodAutoscaler } from './types.ts'

/** The cluster-wide defaults and limits that bounds depend on. */
export interface ScaleDefaults {
  readonly minScale: number
  readonly maxScale: number
  readonly initialScale: number
  readonly allowZeroInitialScale: boolean
}

/** Fewest and most pods; 0 means unset for both. */
export interface ScaleBounds {
  readonly min: number
  readonly max: number
}

/** Bounds of a target: annotations over defaults, without a minimum while nothing routes to it. */
export function scaleBounds(pa: PodAutoscaler, defaults: ScaleDefaults): ScaleBounds {
  const { minScale, maxScale } = autoscalingAnnotations(pa.metadata.annotations)
  return {
    min: pa.spec.reachability === 'Unreachable' ? 0 : (minScale ?? defaults.minScale),
    max: maxScale ?? defaults.maxScale,
  }
}

/** `scale` forced into the bounds. */
export function boundedScale(scale: number, { min, max }: ScaleBounds): number {
  if (scale < min) return min
  return max !== 0 && scale > max ? max : scale
}

/** Pods that a new target starts with; an annotation of 0 only counts where zero is allowed. */
export function initialScaleOf(pa: PodAutoscaler, defaults: ScaleDefaults): number {
  const { initialScale } = autoscalingAnnotations(pa.metadata.annotations)
  if (initialScale === undefined || (initialScale === 0 && !defaults.allowZeroInitialScale)) {
    return defaults.initialScale
  }
  return initialScale
}
