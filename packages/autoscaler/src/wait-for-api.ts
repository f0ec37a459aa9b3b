import type { Clock } from '@knative-ts/clock'
import { checkMinimumVersion, type KubeClient } from '@knative-ts/kube'

const retryEveryMs = 1000
const patienceMs = 60_000

/**
 * Waits for an API server that is new enough, asking every second for a minute.
 * @throws the last error: KubeVersionError or ApiError
 */
export async function waitForApi(
  client: KubeClient,
  clock: Clock,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = clock.monotonic() + patienceMs
  for (;;) {
    try {
      await checkMinimumVersion(client, env)
      return
    } catch (error) {
      if (clock.monotonic() + retryEveryMs > deadlineMs) throw error
      await clock.sleep(retryEveryMs, signal)
    }
  }
}
