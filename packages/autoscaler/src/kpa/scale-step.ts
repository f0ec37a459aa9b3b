import {
  boundedScale,
  type Condition,
  type ConditionStatus,
  conditionAgeMs,
  type ScaleBounds,
  type ServerlessServiceMode,
} from '@knative-ts/apis'
import { undecided } from '../scaling/decider.ts'

/** A started target that nothing reached by then, on top of the progress deadline, is given up. */
const activationMarginMs = 30_000
/** How soon a target marked inactive is looked at again when the activator is in its path already. */
const recheckInProxyMs = 3000

export interface ScaleStepInput {
  /** Pods wanted by the decider, or `undecided`. */
  readonly desired: number
  readonly active: Condition | undefined
  readonly scaleTargetInitialized: ConditionStatus
  readonly reachable: boolean
  readonly bounds: ScaleBounds
  readonly initialScale: number
  readonly enableScaleToZero: boolean
  readonly progressDeadlineMs: number
  readonly stableWindowMs: number
  readonly mode: ServerlessServiceMode
  readonly nowMs: number
}

export type ScaleStep =
  /** Leave the target as it is. */
  | { kind: 'keep'; want: number; recheckAfterMs?: number }
  /** Bring the target to `want` pods. */
  | { kind: 'apply'; want: number; recheckAfterMs?: number }
  /** Down to zero, if the way there is clear. */
  | { kind: 'zero' }

/** What to do about the number of pods, short of the last step to zero. */
export function scaleStep(input: ScaleStepInput): ScaleStep {
  const { active, nowMs } = input
  const activating = active?.status !== 'True' && active?.status !== 'False'
  if (input.desired < 0 && !activating) return { kind: 'keep', want: input.desired }
  const pods = boundedScale(input.desired, stepBounds(input))
  if (pods !== 0) return { kind: 'apply', want: pods }
  if (!input.enableScaleToZero) return { kind: 'apply', want: 1 }
  const ageMs = conditionAgeMs(active, nowMs)
  if (activating) {
    const timeoutMs = input.progressDeadlineMs + activationMarginMs
    return ageMs > timeoutMs
      ? { kind: 'apply', want: 0 }
      : { kind: 'keep', want: undecided, recheckAfterMs: timeoutMs }
  }
  if (active?.status === 'False') return { kind: 'zero' }
  if (ageMs < input.stableWindowMs) {
    return { kind: 'apply', want: 1, recheckAfterMs: input.stableWindowMs - ageMs }
  }
  return input.mode === 'Proxy'
    ? { kind: 'keep', want: 0, recheckAfterMs: recheckInProxyMs }
    : { kind: 'keep', want: 0 }
}

/** Until the initial scale was reached once, it is the least. */
function stepBounds(input: ScaleStepInput): ScaleBounds {
  const { bounds, initialScale, scaleTargetInitialized, reachable } = input
  if (initialScale <= 1 || scaleTargetInitialized === 'True' || !reachable) return bounds
  return { ...bounds, min: Math.max(bounds.min, initialScale) }
}
