export interface ZeroGateInput {
  /** Whether the activator answers in the target's place; true where it always is in the path. */
  readonly activatorReachable: boolean
  /** Time since the target was marked inactive. */
  readonly inactiveMs: number
  readonly gracePeriodMs: number
  /** The last pod is kept at least this long. */
  readonly retentionMs: number
  /** How long the activator has been in the path for certain; 0 if it isn't. */
  readonly proxiedMs: number
}

export type ZeroGate =
  | { kind: 'open' }
  /** The activator must answer first. */
  | { kind: 'probe' }
  | { kind: 'wait'; recheckAfterMs: number }

/** Whether the last pods may go: only when requests are sure to reach the activator instead. */
export function zeroGate(input: ZeroGateInput): ZeroGate {
  const { inactiveMs, gracePeriodMs, retentionMs, proxiedMs } = input
  if (!input.activatorReachable) return { kind: 'probe' }
  if (inactiveMs >= Math.max(gracePeriodMs, retentionMs)) return { kind: 'open' }
  if (inactiveMs < retentionMs) return { kind: 'wait', recheckAfterMs: retentionMs - inactiveMs }
  if (proxiedMs >= gracePeriodMs) return { kind: 'open' }
  return { kind: 'wait', recheckAfterMs: gracePeriodMs - proxiedMs }
}
