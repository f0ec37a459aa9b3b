/**
 * The DNS domain of the cluster: `CLUSTER_DOMAIN`, else the first `svc.X` entry of a `search` line of the
 * resolver file, else `cluster.local`.
 * @param resolvConf text of /etc/resolv.conf, empty if there is none
 */
export function clusterDomain(env: Record<string, string | undefined>, resolvConf: string): string {
  if (env['CLUSTER_DOMAIN']) return env['CLUSTER_DOMAIN']
  for (const line of resolvConf.split('\n')) {
    const [keyword, ...domains] = line.trim().split(/\s+/)
    if (keyword !== 'search') continue
    const service = domains.find((domain) => domain.startsWith('svc.'))
    if (service) return service.slice('svc.'.length).replace(/\.$/, '')
  }
  return 'cluster.local'
}

/** Full DNS name of a Kubernetes Service. */
export function serviceHostname(name: string, namespace: string, domain: string): string {
  return `${name}.${namespace}.svc.${domain}`
}
