import { systemClock } from '@knative-ts/clock'
import { E2eError } from './errors.ts'

export interface Patience {
  /** How long to go on asking; default 60 s. */
  withinMs?: number
  /** Pause between questions; default 50 ms. */
  everyMs?: number
}

/**
 * Asks until the answer is neither undefined nor false. An error thrown by `ask` counts as "not yet", and is
 * part of the message when patience runs out.
 * @throws E2eError NOT_IN_TIME saying what was waited for, and why it was not so
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  { withinMs = 60_000, everyMs = 50 }: Patience = {},
): Promise<T> {
  const deadlineMs = systemClock.monotonic() + withinMs
  for (;;) {
    let reason = ''
    let cause: unknown
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      reason = ` (${error instanceof Error ? error.message : String(error)})`
      cause = error
    }
    if (systemClock.monotonic() > deadlineMs) {
      throw new E2eError('NOT_IN_TIME', `${what}: not within ${withinMs / 1000} s${reason}`, cause)
    }
    await systemClock.sleep(everyMs)
  }
}

/**
 * Asks for `forMs`, and returns every answer: for what must stay as it is.
 * @param forMs how long to look, milliseconds
 */
export async function watchFor<T>(forMs: number, ask: () => Promise<T>, everyMs = 250): Promise<T[]> {
  const answers: T[] = []
  const endMs = systemClock.monotonic() + forMs
  do {
    answers.push(await ask())
    await systemClock.sleep(everyMs)
  } while (systemClock.monotonic() < endMs)
  return answers
}
