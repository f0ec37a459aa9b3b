import { visibilityClusterLocal, visibilityLabelKey } from '@knative-ts/apis'
import type { ConfigParser } from './config-store.ts'
import { ConfigValueError } from './errors.ts'
import { exampleKey } from './example-checksum.ts'
import { bestMatch, parseYaml, selectorOf } from './selector-map.ts'
import type { DomainConfig } from './types.ts'

/**
 * Parser of `config-domain`, in which every key but the example is a domain.
 * @param clusterDomain used, below `svc.`, for cluster-local Routes, and for all when no domain is a catch-all
 */
export function parseDomainConfig(clusterDomain: string): ConfigParser<DomainConfig> {
  const localDomain = `svc.${clusterDomain}`
  return (data) => {
    const domains: Record<string, DomainConfig['domains'][string]> = {}
    for (const [domain, text] of Object.entries(data)) {
      if (domain !== exampleKey) domains[domain] = parseDomain(domain, text)
    }
    const hasCatchAll = Object.values(domains).some(({ selector }) => Object.keys(selector).length === 0)
    if (!hasCatchAll) domains[localDomain] = { selector: {}, type: '' }
    return {
      domains,
      lookupDomain: (labels) =>
        labels[visibilityLabelKey] === visibilityClusterLocal
          ? localDomain
          : (bestMatch(domains, labels) ?? localDomain),
    }
  }
}

function parseDomain(domain: string, text: string): DomainConfig['domains'][string] {
  try {
    const entry = parseYaml(text) ?? {}
    const selector = selectorOf(entry, domain)
    const type = (entry as { type?: unknown }).type
    if (type !== undefined && typeof type !== 'string')
      throw new ConfigValueError(`${domain}.type must be text`)
    return { selector, type: type ?? (Object.keys(selector).length === 0 ? 'wildcard' : '') }
  } catch (error) {
    throw new ConfigValueError(
      `failed to parse "${domain}": ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
