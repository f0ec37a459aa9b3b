import type { Clock } from '@knative-ts/clock'
import { KubeVersionError } from './errors.ts'
import type { KubeClient } from './kube-client.ts'

const defaultMinimum = 'v1.34.0'
const retryEveryMs = 1000
const patienceMs = 60_000

/**
 * Refuses an API server older than `KUBERNETES_MIN_VERSION` (default v1.34.0). A minimum without a
 * pre-release part admits pre-releases of that same version.
 * @throws KubeVersionError, or an ApiError when the server cannot be asked
 */
export async function checkMinimumVersion(
  client: KubeClient,
  env: Record<string, string | undefined>,
): Promise<void> {
  const minimum = env['KUBERNETES_MIN_VERSION'] || defaultMinimum
  const answer = (await client.getPath('/version')) as { gitVersion?: string }
  const actual = answer.gitVersion ?? ''
  if (!atLeast(actual, minimum)) {
    throw new KubeVersionError(
      `Kubernetes ${actual || '(unknown version)'} is not supported, at least ${minimum} is needed; upgrade the cluster or set KUBERNETES_MIN_VERSION`,
    )
  }
}

/**
 * Waits for an API server that is new enough, asking every second for a minute: it may be starting, or being
 * upgraded.
 * @throws the last error, KubeVersionError or ApiError, or the signal's reason
 */
export async function awaitMinimumVersion(
  client: KubeClient,
  env: Record<string, string | undefined>,
  clock: Clock,
  signal?: AbortSignal,
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

function atLeast(actual: string, minimum: string): boolean {
  const a = parseVersion(actual)
  const b = parseVersion(minimum)
  for (let i = 0; i < 3; i++) {
    const difference = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return b.preRelease === '' || a.preRelease === '' || a.preRelease >= b.preRelease
}

function parseVersion(text: string): { numbers: number[]; preRelease: string } {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([^+]*))?/.exec(text)
  if (!match) return { numbers: [0, 0, 0], preRelease: '' }
  return {
    numbers: [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)],
    preRelease: match[4] ?? '',
  }
}
