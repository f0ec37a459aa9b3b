import { kubeletProbeHeaderName, kubeProbeUserAgentPrefix, probeHeaderName } from '@knative-ts/apis'
import { hasHeader, headerValue, type RawHeaders } from './raw-headers.ts'

/** Whether the kubelet asks: by its User-Agent, or by the header that a mesh's rewritten probe carries. */
export function isKubeletProbe(headers: RawHeaders): boolean {
  return (
    headerValue(headers, 'user-agent')?.startsWith(kubeProbeUserAgentPrefix) === true ||
    hasHeader(headers, kubeletProbeHeaderName)
  )
}

/** Whether this is no user's request, so that metrics, request logs and drain timers skip it. */
export function isProbe(headers: RawHeaders): boolean {
  return isKubeletProbe(headers) || hasHeader(headers, probeHeaderName)
}
