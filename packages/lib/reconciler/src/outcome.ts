/** What a reconcile wants to happen with its key. Throwing is the same as `retry`. */
export type Outcome =
  | { kind: 'done' }
  /** Come back after a while; earlier failures are forgotten. */
  | { kind: 'again-after'; delayMs: number }
  /** Come back with growing delays. */
  | { kind: 'retry'; error: unknown }
  /** Retrying can't help; only a change of the object can. */
  | { kind: 'terminal'; error: unknown }

export const done: Outcome = { kind: 'done' }

export function againAfter(delayMs: number): Outcome {
  return { kind: 'again-after', delayMs }
}

export function retry(error: unknown): Outcome {
  return { kind: 'retry', error }
}

export function terminal(error: unknown): Outcome {
  return { kind: 'terminal', error }
}
