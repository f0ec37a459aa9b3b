import {
  type ConditionStatus,
  conditionOf,
  markActivating,
  markActive,
  markInactive,
  markScaleTargetInitialized,
  type PodAutoscalerStatus,
  podAutoscalerConditionActive,
  podAutoscalerConditionScaleTargetInitialized,
} from '@knative-ts/apis'

export interface ScaleOutcome {
  /** Pods wanted; -1 if not decided. */
  readonly want: number
  readonly ready: number
  /** The minimum of the bounds. */
  readonly minScale: number
  readonly initialScale: number
}

type ActiveChange = 'timed-out' | 'no-traffic' | 'queued' | 'active' | 'unchanged'

/** Pods that must be ready for the target to count as active. */
export function readyThreshold(
  initialized: boolean,
  { minScale, initialScale }: Pick<ScaleOutcome, 'minScale' | 'initialScale'>,
): number {
  return Math.max(minScale, initialized ? 1 : initialScale)
}

/** How Active changes, by the pods wanted and ready. */
export function activeChange(
  { want, ready }: Pick<ScaleOutcome, 'want' | 'ready'>,
  threshold: number,
  before: ConditionStatus,
): ActiveChange {
  if (want === 0 || threshold === 0) return before === 'Unknown' && threshold > 0 ? 'timed-out' : 'no-traffic'
  if (ready < threshold) return want < 0 && before === 'False' ? 'no-traffic' : 'queued'
  return want < 0 && before === 'False' ? 'unchanged' : 'active'
}

/** Writes scale and conditions into the status. */
export function applyScaleOutcome(status: PodAutoscalerStatus, outcome: ScaleOutcome): void {
  const { want, ready } = outcome
  status.actualScale = ready
  if (want >= 0 || (status.desiredScale ?? -1) < 0) status.desiredScale = want

  const initialized = conditionOf(status, podAutoscalerConditionScaleTargetInitialized)?.status === 'True'
  const threshold = readyThreshold(initialized, outcome)
  if (ready >= threshold && status.serviceName !== '') markScaleTargetInitialized(status)

  const before = conditionOf(status, podAutoscalerConditionActive)?.status ?? 'Unknown'
  switch (activeChange(outcome, threshold, before)) {
    case 'timed-out':
      markInactive(status, 'TimedOut', 'The target could not be activated.')
      break
    case 'no-traffic':
      markInactive(status, 'NoTraffic', 'The target is not receiving traffic.')
      break
    case 'queued':
      markActivating(
        status,
        'Queued',
        'Requests to the target are being buffered as resources are provisioned.',
      )
      break
    case 'active':
      markActive(status)
      break
    case 'unchanged':
      break
  }
}
