import { readFileSync } from 'node:fs'
import { clusterDomain } from '@knative-ts/apis'

/**
 * The cluster's DNS domain as this pod sees it: from `CLUSTER_DOMAIN`, else from the resolver file, else
 * `cluster.local`.
 */
export function resolverDomain(
  env: Readonly<Record<string, string | undefined>>,
  resolverFile = '/etc/resolv.conf',
): string {
  let text = ''
  try {
    text = readFileSync(resolverFile, 'utf8')
  } catch {
    // No resolver file: the default holds.
  }
  return clusterDomain(env, text)
}
