import { type NamespacedName, revisionHeaderName, revisionHeaderNamespace } from '@knative-ts/apis'
import { type Exchange, headerValue } from '@knative-ts/http-proxy'

/** The revision that nobody is called. */
const nowhere: NamespacedName = { namespace: '', name: '' }

/**
 * The revision a request is for: the one the ingress names in two headers, else the one whose public
 * Service the Host names in full (`NAME.NAMESPACE.svc.DOMAIN`, with or without a port).
 * @param clusterDomain DNS domain of the cluster
 */
export function revisionOf(
  exchange: Pick<Exchange, 'headers' | 'host'>,
  clusterDomain: string,
): NamespacedName {
  const name = headerValue(exchange.headers, revisionHeaderName)
  const namespace = headerValue(exchange.headers, revisionHeaderNamespace)
  return name && namespace ? { namespace, name } : revisionOfHost(exchange.host, clusterDomain)
}

function revisionOfHost(host: string, clusterDomain: string): NamespacedName {
  const afterName = host.indexOf('.')
  const afterNamespace = host.indexOf('.', afterName + 1)
  const afterKind = host.indexOf('.', afterNamespace + 1)
  if (afterName < 0 || afterNamespace < 0 || afterKind < 0) return nowhere
  if (host.slice(afterNamespace + 1, afterKind) !== 'svc') return nowhere
  const rest = host.slice(afterKind + 1)
  const colon = rest.indexOf(':')
  if ((colon < 0 ? rest : rest.slice(0, colon)) !== clusterDomain) return nowhere
  return { namespace: host.slice(afterName + 1, afterNamespace), name: host.slice(0, afterName) }
}
