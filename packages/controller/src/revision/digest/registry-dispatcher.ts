import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { type ServerTlsSettings, serverTlsSettings } from '@knative-ts/http-proxy'
import type { Dispatcher } from 'undici'

type Env = Readonly<Record<string, string | undefined>>

const clusterCaFile = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'
const tlsPrefix = 'TAG_TO_DIGEST_'

/**
 * How connections to registries may be encrypted: `TAG_TO_DIGEST_TLS_*`, by default TLS 1.2 or later.
 * @throws TlsSettingError
 */
export function registryTlsSettings(env: Env): ServerTlsSettings {
  return serverTlsSettings(tlsPrefix, { [`${tlsPrefix}TLS_MIN_VERSION`]: '1.2', ...env })
}

/** Connections to registries, trusting the system's roots and the cluster's. */
export async function registryDispatcher(settings: ServerTlsSettings): Promise<Dispatcher> {
  // Loaded with the first image that needs a registry.
  const { Agent } = await import('undici')
  const roots = [...getCACertificates('default'), ...getCACertificates('system'), ...clusterCa()]
  return new Agent({ connect: { ...settings, ca: [...new Set(roots)] } })
}

function clusterCa(): string[] {
  try {
    return [readFileSync(clusterCaFile, 'utf8')]
  } catch {
    return []
  }
}
