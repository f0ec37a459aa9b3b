import {
  activatorProbeUserAgent,
  passthroughLoadbalancingHeaderName,
  probeHeaderName,
  queueProbeValue,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { type Destination, type SmallRequest, send } from '@knative-ts/http-proxy'
import type { ProbeAnswer } from './probe-answer.ts'
import type { Probe } from './revision-backends.ts'

export interface PodProbeOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly connectionsTo: (dest: string) => Destination
  /** Host by which a mesh routes to the pod we dial; undefined without a mesh. */
  readonly meshHost: string | undefined
}

/** Asks a queue-proxy, over HTTP/1.1 in the clear whatever the revision speaks, whether its container is ready. */
export function podProbe({ clock, timeoutMs, connectionsTo, meshHost }: PodProbeOptions): Probe {
  const headers = [probeHeaderName, queueProbeValue, 'user-agent', activatorProbeUserAgent]
  const request: SmallRequest = {
    method: 'GET',
    target: '/healthz',
    headers: meshHost === undefined ? headers : [...headers, passthroughLoadbalancingHeaderName, 'true'],
    timeoutMs,
    ...(meshHost === undefined ? {} : { host: meshHost }),
  }
  return async (dest, signal): Promise<ProbeAnswer> => {
    try {
      const { status, body } = await send(connectionsTo(dest), { ...request, signal }, clock)
      return status === 200 && body.toString() === queueProbeValue
        ? { kind: 'ready' }
        : { kind: 'refused', status }
    } catch (error) {
      return { kind: 'unreachable', error: error instanceof Error ? error.message : String(error) }
    }
  }
}
