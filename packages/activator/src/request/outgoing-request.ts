import {
  hashHeaderName,
  originalHostHeader,
  passthroughLoadbalancingHeaderName,
  proxyHeaderName,
  revisionHeaderName,
  revisionHeaderNamespace,
} from '@knative-ts/apis'
import { type Exchange, type ForwardOptions, hasHeader } from '@knative-ts/http-proxy'

const removed = [revisionHeaderName, revisionHeaderNamespace, hashHeaderName]
const toPods = [proxyHeaderName, 'activator']
const throughMesh = [...toPods, passthroughLoadbalancingHeaderName, 'true']

/**
 * How a request changes on its way from the activator to a pod: the Host becomes the pod's address and
 * travels in `K-Original-Host`, so that the queue-proxy can restore it.
 * @param meshHost Host by which a mesh routes to the pod we dial; undefined without a mesh
 */
export function outgoingRequest(
  exchange: Pick<Exchange, 'headers' | 'host'>,
  meshHost: string | undefined,
): ForwardOptions {
  const set = meshHost === undefined ? toPods : throughMesh
  return {
    host: meshHost ?? '',
    remove: removed,
    set: hasHeader(exchange.headers, originalHostHeader) ? set : [...set, originalHostHeader, exchange.host],
  }
}
