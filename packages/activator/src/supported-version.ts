import type { Clock } from '@knative-ts/clock'
import { checkMinimumVersion, type KubeClient } from '@knative-ts/kube'

const pollMs = 1000
const patienceMs = 60_000

/**
 * Waits until the API server answers with a version we support.
 * @throws the last failure when that has not happened within a minute
 */
export async function supportedVersion(
  client: KubeClient,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<void> {
  const deadlineMs = clock.monotonic() + patienceMs
  for (;;) {
    try {
      await checkMinimumVersion(client, env)
      return
    } catch (error) {
      if (clock.monotonic() + pollMs > deadlineMs) throw error
    }
    await clock.sleep(pollMs)
  }
}
