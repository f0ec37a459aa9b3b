/** What a decision depends on besides the load. Targets are per pod, in units of the metric. */
export interface ScaleParameters {
  /** The load per pod to aim for: the total times the target utilization. */
  readonly targetValue: number
  /** The load that a pod can take. */
  readonly totalValue: number
  /** Spare load to keep room for; -1 means that no room is enough. */
  readonly targetBurstCapacity: number
  readonly maxScaleUpRate: number
  readonly maxScaleDownRate: number
  /** Multiple of the present capacity at which the panic window takes over. */
  readonly panicThreshold: number
  readonly stableWindowMs: number
  /** Fewest pods while there is load at all; undefined if there is no such floor. */
  readonly activationScale: number | undefined
  /** False once no traffic can reach the revision. */
  readonly reachable: boolean
}

/** Whether sudden load has suspended scaling down, since when, and the most pods wanted meanwhile. */
export type Panic = { readonly sinceMs: number; readonly maxPods: number } | undefined

export interface ScaleInput {
  readonly parameters: ScaleParameters
  readonly readyPods: number
  /** Average load over the stable window, all pods together. */
  readonly stable: number
  /** Average load over the panic window, all pods together. */
  readonly panicking: number
  readonly panic: Panic
  readonly nowMs: number
}

export interface ScaleDecision {
  readonly pods: number
  /** Load that could still come on top; negative when the activator has to buffer. */
  readonly excessBurstCapacity: number
  readonly panic: Panic
}

/** How many pods the load asks for, with the panic state that the next decision needs. */
export function desiredScale(input: ScaleInput): ScaleDecision {
  const { parameters, readyPods, stable, panicking, nowMs } = input
  const { targetValue, panicThreshold, maxScaleUpRate, maxScaleDownRate } = parameters
  const present = Math.max(1, readyPods)
  const most = Math.ceil(maxScaleUpRate * present)
  const fewest = parameters.reachable ? Math.floor(present / maxScaleDownRate) : 0
  const stableWant = Math.ceil(stable / targetValue)
  const panicWant = Math.ceil(panicking / targetValue)
  const limited = (want: number): number => {
    const pods = Math.min(Math.max(want, fewest), most)
    return want > 0 ? Math.max(pods, parameters.activationScale ?? 0) : pods
  }
  const stablePods = limited(stableWant)
  const panicPods = limited(panicWant)

  const overThreshold = panicWant / present >= panicThreshold
  let panic = input.panic
  if (overThreshold) panic = { sinceMs: nowMs, maxPods: panic?.maxPods ?? 0 }
  else if (panic && panic.sinceMs + parameters.stableWindowMs < nowMs) panic = undefined
  if (panic) panic = { ...panic, maxPods: Math.max(panic.maxPods, stablePods, panicPods) }

  return {
    pods: panic ? panic.maxPods : stablePods,
    excessBurstCapacity: excessBurstCapacity(parameters, readyPods, panicking),
    panic,
  }
}

/** Room above the present load and the wanted burst: `⌊R·V − TBC − p⌋`; 0 and -1 where that isn't asked for. */
function excessBurstCapacity(parameters: ScaleParameters, readyPods: number, panicking: number): number {
  const { targetBurstCapacity, totalValue } = parameters
  if (targetBurstCapacity === 0) return 0
  if (targetBurstCapacity < 0) return -1
  return Math.floor(readyPods * totalValue - targetBurstCapacity - panicking)
}

/** Excess burst capacity before any load was seen, on the assumption that the initial scale runs. */
export function initialExcessBurstCapacity(
  parameters: Pick<ScaleParameters, 'targetBurstCapacity' | 'totalValue'>,
  initialScale: number,
): number {
  const { targetBurstCapacity, totalValue } = parameters
  if (targetBurstCapacity === 0 || targetBurstCapacity === -1) return targetBurstCapacity
  return Math.trunc(initialScale * totalValue - targetBurstCapacity)
}
