import type { ActivatorPosition } from '../backends/endpoint-addresses.ts'
import { EnvironmentError } from '../errors.ts'
import type { QueueLimits } from '../throttle/queue-budget.ts'

/** Which of how many workers this is; one process by itself is the first of one. */
export interface WorkerShare {
  readonly index: number
  readonly count: number
}

export const soleWorker: WorkerShare = { index: 0, count: 1 }

const mostWorkers = 64

/**
 * How many processes serve: `ACTIVATOR_WORKERS`, 1 if not set.
 * @throws EnvironmentError
 */
export function readWorkerCount(env: Readonly<Record<string, string | undefined>>): number {
  const text = env['ACTIVATOR_WORKERS'] || '1'
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > mostWorkers) {
    throw new EnvironmentError(
      'ACTIVATOR_WORKERS',
      `is ${JSON.stringify(text)}, not a whole number from 1 to ${mostWorkers}`,
    )
  }
  return count
}

/** A worker's place among the workers of all activators in front of a revision, each of which has as many. */
export function placeOfWorker(
  { self, activators }: ActivatorPosition,
  { index, count }: WorkerShare,
): ActivatorPosition {
  return { self: self * count + index, activators: activators * count }
}

/** What may wait at one worker, so that all together hold no more than one process would. */
export function limitsOfWorker(limits: QueueLimits, { count }: WorkerShare): QueueLimits {
  if (count === 1) return limits
  const part = (whole: number) => Math.max(1, Math.floor(whole / count))
  return {
    maxRequests: part(limits.maxRequests),
    maxBytes: part(limits.maxBytes),
    maxRequestsPerRevision: part(limits.maxRequestsPerRevision),
    maxBytesPerRevision: part(limits.maxBytesPerRevision),
  }
}

/** Under which a worker reports load: the pod's name, made unlike that of the first worker for the others. */
export function reporterName(podName: string, { index }: WorkerShare): string {
  return index === 0 ? podName : `${podName}-w${index}`
}

/** Profiles are taken of one process, so each worker has a port of its own for them. */
export function profilingPortOf(port: number, { index }: WorkerShare): number {
  return port + 100 * index
}
