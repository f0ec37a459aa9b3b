import { ConfigValues } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import { parseYaml } from './selector-map.ts'
import type { CertManagerConfig, IssuerRef } from './types.ts'

const defaultIssuer: IssuerRef = { kind: 'ClusterIssuer', name: 'knative-selfsigned-issuer' }

/** Parses `config-certmanager`: each issuer is YAML merged over the default. @throws ConfigValueError */
export function parseCertManagerConfig(data: Readonly<Record<string, string>>): CertManagerConfig {
  const values = new ConfigValues(data)
  const issuer = (key: string) => values.parsed(key, defaultIssuer, issuerRef)
  return {
    issuerRef: issuer('issuerRef'),
    clusterLocalIssuerRef: issuer('clusterLocalIssuerRef'),
    systemInternalIssuerRef: issuer('systemInternalIssuerRef'),
  }
}

function issuerRef(text: string): IssuerRef {
  const given = parseYaml(text) ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new ConfigValueError('it must be a map with the keys group, kind and name')
  }
  const issuer: { group?: string; kind: string; name: string } = { ...defaultIssuer }
  for (const field of ['group', 'kind', 'name'] as const) {
    const value = (given as Record<string, unknown>)[field]
    if (value === undefined) continue
    if (typeof value !== 'string')
      throw new ConfigValueError(`${field} must be text; put the value in quotes`)
    issuer[field] = value
  }
  return issuer
}
