import type { HealthCheck } from './health-server.ts'
import { terminatingText } from './shutdown.ts'

/**
 * What a reconciling process answers to the kubelet: alive until it is told to end, ready once it serves.
 * @param signal aborts when the process is told to end
 */
export function probeChecks(
  signal: AbortSignal,
  serving: () => boolean,
): Record<'/health' | '/readiness', HealthCheck> {
  const alive: HealthCheck = () => (signal.aborted ? terminatingText : undefined)
  return {
    '/health': alive,
    '/readiness': () => alive() ?? (serving() ? undefined : 'the caches are not filled yet'),
  }
}
