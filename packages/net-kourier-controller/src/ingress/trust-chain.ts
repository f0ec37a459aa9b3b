import { X509Certificate } from 'node:crypto'
import { keyString, servingRoutingCertName, type V1ConfigMap, type V1Secret } from '@knative-ts/apis'
import { TranslationError } from '../errors.ts'

const caKey = 'ca.crt'

/**
 * The authorities that vouch for activators and queue-proxies: the routing Secret's, then every trust
 * bundle's. What is not purely certificates is left out and handed to `onSkipped`.
 * @throws TranslationError if nothing valid remains
 */
export function buildTrustChain(
  routingSecret: V1Secret,
  bundles: readonly V1ConfigMap[],
  onSkipped: (source: string, problem: string) => void,
): Uint8Array {
  const parts: string[] = []
  const take = (source: string, pem: string) => {
    const problem = problemWith(pem)
    if (problem === undefined) parts.push(pem)
    else onSkipped(source, problem)
  }
  const own = routingSecret.data?.[caKey]
  if (own) take(`Secret ${servingRoutingCertName}`, Buffer.from(own, 'base64').toString('utf8'))
  for (const bundle of bundles) {
    const { namespace = '', name = '' } = bundle.metadata
    for (const [key, pem] of Object.entries(bundle.data ?? {})) {
      take(`ConfigMap ${keyString({ namespace, name })} key ${key}`, pem)
    }
  }
  if (parts.length === 0) {
    throw new TranslationError(
      'failed to build trust-chain, as no valid CA certificate was provided. Please make sure to provide a valid trust-bundle before enabling `system-internal-tls`',
    )
  }
  return Buffer.from(parts.join('\n'))
}

const pemBlock = /-----BEGIN ([^-]+)-----[\s\S]*?-----END \1-----/g

function problemWith(pem: string): string | undefined {
  const blocks = [...pem.matchAll(pemBlock)]
  if (blocks.length === 0) return 'holds no PEM block'
  if (pem.replace(pemBlock, '').trim() !== '') return 'holds text that is not PEM'
  for (const [text, label] of blocks) {
    if (label !== 'CERTIFICATE') return `holds a ${label} block`
    try {
      new X509Certificate(text)
    } catch {
      return 'holds a certificate that cannot be read'
    }
  }
  return undefined
}
