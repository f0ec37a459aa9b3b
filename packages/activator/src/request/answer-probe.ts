import { activatorProbeValue, goQuote, networkProbeValue, probeHeaderName } from '@knative-ts/apis'
import {
  answerError,
  answerNetworkProbe,
  type Exchange,
  headerValue,
  isKubeletProbe,
} from '@knative-ts/http-proxy'
import type { HealthCheck } from '@knative-ts/observability'

/**
 * Answers whatever is a probe of the activator itself: the kubelet's, the ingress' or the autoscaler's.
 * Returns whether it was one.
 */
export function answerProbe(exchange: Exchange, health: HealthCheck): boolean {
  if (isKubeletProbe(exchange.headers)) {
    const unhealthy = health()
    if (unhealthy === undefined) exchange.answer(200, [])
    else answerError(exchange, 500, unhealthy)
    return true
  }
  const probe = headerValue(exchange.headers, probeHeaderName)
  if (!probe) return false
  if (probe === networkProbeValue) answerNetworkProbe(exchange)
  else if (probe === activatorProbeValue) exchange.answer(200, [], activatorProbeValue)
  else answerError(exchange, 400, `unexpected probe header value: ${goQuote(escapeHtml(probe))}`)
  return true
}

const htmlEscapes: Record<string, string> = {
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&'<>"]/g, (character) => htmlEscapes[character]!)
}
