import {
  activatorProbeUserAgent,
  autoscalingProbeUserAgent,
  kubeProbeUserAgentPrefix,
  networkProbeValue,
  probeHeaderName,
  queueProbeValue,
} from '@knative-ts/apis'
import {
  answerError,
  answerNetworkProbe,
  answerText,
  type Exchange,
  headerValue,
} from '@knative-ts/http-proxy'
import type { Drainer } from '../drainer.ts'

/** Answers the probes of kubelet, activator, autoscaler and ingress, which never reach the user container. */
export class ProbeGate {
  readonly #drainer: Drainer
  readonly #ready: () => Promise<boolean>

  /** @param ready probes the user container */
  constructor(drainer: Drainer, ready: () => Promise<boolean>) {
    this.#drainer = drainer
    this.#ready = ready
  }

  /** @returns false if this is no probe, and so to be served */
  answers(exchange: Exchange): boolean {
    const { headers } = exchange
    const kind = headerValue(headers, probeHeaderName) ?? ''
    const asksReadiness = isProberAgent(headerValue(headers, 'user-agent') ?? '')
    if (!asksReadiness && kind !== networkProbeValue) return false
    if (this.#drainer.draining) answerError(exchange, 503, 'shutting down')
    else if (asksReadiness) this.#answerReadiness(exchange, kind)
    else answerNetworkProbe(exchange)
    return true
  }

  #answerReadiness(exchange: Exchange, kind: string): void {
    if (kind !== queueProbeValue) {
      answerError(exchange, 400, `unexpected probe header value: ${kind}`)
      return
    }
    this.#ready().then((ready) => {
      if (ready) answerText(exchange, 200, queueProbeValue)
      else exchange.answer(503, [])
    })
  }
}

function isProberAgent(userAgent: string): boolean {
  return (
    userAgent.startsWith(kubeProbeUserAgentPrefix) ||
    userAgent.startsWith(activatorProbeUserAgent) ||
    userAgent.startsWith(autoscalingProbeUserAgent)
  )
}
