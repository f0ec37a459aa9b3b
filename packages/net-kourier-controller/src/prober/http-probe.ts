import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import {
  hashHeaderName,
  hashHeaderValueOverride,
  ingressProbeUserAgent,
  networkProbeValue,
  probeHeaderName,
} from '@knative-ts/apis'
import type { ProbeTarget } from './probe-targets.ts'

/** Path of every probe. */
const probePath = '/healthz'
const timeoutMs = 1000

export type ProbeVerdict = 'success' | 'retry'

/** Asks one gateway pod for one host. */
export type Probe = (
  target: ProbeTarget,
  podIP: string,
  expectedHash: string,
  signal: AbortSignal,
) => Promise<ProbeVerdict>

/** Told why a probe was taken as success though it proves nothing. */
export type GiveUp = (target: ProbeTarget, podIP: string, reason: string) => void

/**
 * The probe over HTTP: a request of its own connection to the pod, which the gateway passes on to a backend
 * that echoes the hash which the gateway filled in.
 */
export function httpProbe(onGiveUp: GiveUp): Probe {
  return async (target, podIP, expectedHash, signal) => {
    try {
      const { status, hash } = await exchange(
        target,
        podIP,
        AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      )
      const verdict = judge(status, hash, expectedHash)
      if (verdict.giveUp !== undefined) onGiveUp(target, podIP, verdict.giveUp)
      return verdict.verdict
    } catch {
      return 'retry'
    }
  }
}

/** What an answer says about the configuration that the gateway serves. */
export function judge(
  status: number,
  hash: string | undefined,
  expectedHash: string,
): { verdict: ProbeVerdict; giveUp?: string } {
  if (status === 200) {
    if (hash === expectedHash) return { verdict: 'success' }
    if (hash) return { verdict: 'retry' }
    return { verdict: 'success', giveUp: 'the answer carries no hash' }
  }
  if (status === 404 || status === 503) return { verdict: 'retry' }
  return { verdict: 'success', giveUp: `the answer has status ${status}` }
}

function exchange(
  target: ProbeTarget,
  podIP: string,
  signal: AbortSignal,
): Promise<{ status: number; hash: string | undefined }> {
  const options: RequestOptions & { servername?: string; rejectUnauthorized?: boolean } = {
    host: podIP,
    port: target.port,
    path: probePath,
    agent: false,
    signal,
    headers: {
      Host: target.host,
      'User-Agent': ingressProbeUserAgent,
      [probeHeaderName]: networkProbeValue,
      [hashHeaderName]: hashHeaderValueOverride,
    },
  }
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage) => {
      const hash = response.headers[hashHeaderName]
      response.resume()
      resolve({ status: response.statusCode ?? 0, hash: typeof hash === 'string' ? hash : undefined })
      response.destroy()
    }
    const request =
      target.scheme === 'https'
        ? httpsRequest({ ...options, servername: target.host, rejectUnauthorized: false }, onResponse)
        : httpRequest(options, onResponse)
    request.on('error', reject)
    request.end()
  })
}
