import type { IngressSpec, IngressTLS, IngressVisibility } from '@knative-ts/apis'

/**
 * The TLS entries that secure the rules of one visibility: for each such rule, in order, every entry whose
 * hosts contain all of the rule's. A rule without hosts ends the search.
 */
export function tlsEntriesFor(spec: IngressSpec, visibility: IngressVisibility): IngressTLS[] {
  const found: IngressTLS[] = []
  for (const rule of spec.rules ?? []) {
    if ((rule.visibility ?? 'ExternalIP') !== visibility) continue
    const hosts = rule.hosts ?? []
    if (hosts.length === 0) return found
    for (const entry of spec.tls ?? []) {
      const covered = new Set(entry.hosts)
      if (hosts.every((host) => covered.has(host))) found.push(entry)
    }
  }
  return found
}
