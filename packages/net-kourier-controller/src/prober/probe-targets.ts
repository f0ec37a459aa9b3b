import type { IngressSpec } from '@knative-ts/apis'
import { httpPortInternal, httpPortProbe, httpsPortInternal, httpsPortProbe } from '../envoy/names.ts'
import { tlsEntriesFor } from '../ingress/tls-entries.ts'

/** One host to ask for at a port of every gateway pod. */
export interface ProbeTarget {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

/** What must answer before an Ingress counts as served: every host of every rule. */
export function probeTargets(spec: IngressSpec): ProbeTarget[] {
  const externalTLS = tlsEntriesFor(spec, 'ExternalIP').length > 0
  const internalTLS = tlsEntriesFor(spec, 'ClusterLocal').length > 0
  return (spec.rules ?? []).flatMap((rule) => {
    const isExternal = (rule.visibility ?? 'ExternalIP') === 'ExternalIP'
    const secure = isExternal ? externalTLS : internalTLS
    const port = isExternal
      ? secure
        ? httpsPortProbe
        : httpPortProbe
      : secure
        ? httpsPortInternal
        : httpPortInternal
    return (rule.hosts ?? []).map((host) => ({
      scheme: secure ? ('https' as const) : ('http' as const),
      host,
      port,
    }))
  })
}
