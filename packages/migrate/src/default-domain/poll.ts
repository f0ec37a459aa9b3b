import type { Clock } from '@knative-ts/clock'
import { MigrateError, migrateErrorCodes } from '../errors.ts'

const everyMs = 10_000
const patienceMs = 20 * 60_000

/**
 * Asks at once and then every 10 seconds, for 20 minutes, until there is an answer.
 * @param what completes the message when there is none: `<what> within 20 minutes`
 * @throws MigrateError after 20 minutes, what `ask` throws, or the signal's reason
 */
export async function poll<T>(
  clock: Clock,
  signal: AbortSignal,
  what: string,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = clock.monotonic() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (clock.monotonic() + everyMs > deadlineMs) {
      throw new MigrateError(migrateErrorCodes.timeout, `${what} within ${patienceMs / 60_000} minutes`)
    }
    await clock.sleep(everyMs, signal)
  }
}
