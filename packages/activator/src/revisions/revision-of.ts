import { type NamespacedName, revisionHeaderName, revisionHeaderNamespace } from '@knative-ts/apis'
import { type Exchange, headerValue } from '@knative-ts/http-proxy'

/**
 * The revision a request is for: the one the ingress names in two headers, else the one whose public
 * Service the Host names in full (`NAME.NAMESPACE.svc.DOMAIN`, with or without a port). Parts that neither
 * says are empty, and no revision is called so.
 * @param clusterDomain DNS domain of the cluster
 */
export function revisionOf(
  exchange: Pick<Exchange, 'headers' | 'host'>,
  clusterDomain: string,
): NamespacedName {
  const name = headerValue(exchange.headers, revisionHeaderName) ?? ''
  const namespace = headerValue(exchange.headers, revisionHeaderNamespace) ?? ''
  const byHeaders = { namespace, name }
  return name && namespace ? byHeaders : (revisionOfHost(exchange.host, clusterDomain) ?? byHeaders)
}

function revisionOfHost(host: string, clusterDomain: string): NamespacedName | undefined {
  const afterName = host.indexOf('.')
  const afterNamespace = host.indexOf('.', afterName + 1)
  const afterKind = host.indexOf('.', afterNamespace + 1)
  if (afterName < 0 || afterNamespace < 0 || afterKind < 0) return undefined
  if (host.slice(afterNamespace + 1, afterKind) !== 'svc') return undefined
  const rest = host.slice(afterKind + 1)
  const colon = rest.indexOf(':')
  if ((colon < 0 ? rest : rest.slice(0, colon)) !== clusterDomain) return undefined
  return { namespace: host.slice(afterName + 1, afterNamespace), name: host.slice(0, afterName) }
}
