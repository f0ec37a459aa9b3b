import type { Clock } from '@knative-ts/clock'
import { ProbeError } from '../errors.ts'
import { grpcHealthProbe } from './grpc-health-probe.ts'
import { httpGetProbe } from './http-get-probe.ts'
import type { ProbeAction } from './probe-spec.ts'
import { tcpSocketProbe } from './tcp-socket-probe.ts'

/** Runs one try of a probe; rejects with an Error that says why it did not pass. */
export type ProbeTry = (action: ProbeAction, timeoutMs: number) => Promise<void>

/** Tries probes for real. @param http2AutoDetection whether httpGet probes find out if the container speaks h2c */
export function probeTry(clock: Clock, http2AutoDetection: boolean): ProbeTry {
  return (action, timeoutMs) => {
    switch (action.kind) {
      case 'httpGet':
        return httpGetProbe(action, { clock, timeoutMs, http2AutoDetection })
      case 'tcpSocket':
        return tcpSocketProbe(action.host, action.port, clock, timeoutMs)
      case 'grpc':
        return grpcHealthProbe(action.port, action.service, clock, timeoutMs)
      case 'impossible':
        return Promise.reject(new ProbeError(action.reason))
    }
  }
}
