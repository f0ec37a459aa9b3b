/** Where the connections of a Service go: `ip` of the Service and, by port number, the ready endpoints. */
export interface ServiceEntry {
  clusterIP: string
  /** Set on a Service that only stands for another name. */
  externalName?: string
  /** Service port → `ip:port` of each ready endpoint. */
  ports: Record<string, string[]>
}

/** All Services by `name.namespace`. Local mode writes it as a file, the processes of pods read it. */
export interface ServiceMap {
  clusterDomain: string
  services: Record<string, ServiceEntry>
}

/** Longest chain of names that stand for other names. */
const mostNames = 8

/**
 * Where a connection to a Service's port goes: `ip:port` of its ready endpoints, or, if it stands for a name
 * outside the cluster, that name with the same port.
 */
export function endpointsOf(map: ServiceMap, service: string, port: string): readonly string[] {
  let current = service
  for (let names = 0; names < mostNames; names++) {
    const entry = map.services[current]
    if (entry?.externalName === undefined) return entry?.ports[port] ?? []
    const next = serviceOfHost(map, entry.externalName)
    if (next === undefined) return [`${entry.externalName}:${port}`]
    current = next
  }
  return []
}

/**
 * The `name.namespace` that a host stands for, if it is one of the cluster's: a Service's DNS name in any of
 * its forms, or its address.
 */
export function serviceOfHost(map: ServiceMap, host: string): string | undefined {
  if (/^127\.96\./.test(host)) {
    for (const [name, { clusterIP }] of Object.entries(map.services)) if (clusterIP === host) return name
    return undefined
  }
  const name = host.replace(/\.$/, '')
  for (const suffix of [`.svc.${map.clusterDomain}`, '.svc']) {
    if (name.endsWith(suffix)) return name.slice(0, -suffix.length)
  }
  return name in map.services ? name : undefined
}
