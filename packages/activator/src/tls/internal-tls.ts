import type { TlsOptions } from 'node:tls'
import { serverTlsSettings } from '@knative-ts/http-proxy'
import type { ActivatorOptions } from '../activator.ts'
import { InternalCertificates, type InternalCertificatesOptions } from './internal-certificates.ts'

export interface InternalTLSOptions extends Omit<InternalCertificatesOptions, 'onCertificate'> {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Told of what the TLS listener is to use from now on. */
  readonly onCertificate: (options: TlsOptions) => void
}

/**
 * What the activator needs to speak TLS with the ingress and with queue-proxies. Waits for the caches,
 * which the caller has started.
 * @throws TlsSettingError or CertificateError
 */
export async function internalTLS(
  options: InternalTLSOptions,
): Promise<Pick<ActivatorOptions, 'podTLS' | 'serverTLS'>> {
  const settings = serverTlsSettings('ACTIVATOR_', options.env)
  const certificates = new InternalCertificates({
    ...options,
    onCertificate: (pair) => options.onCertificate({ ...settings, ...pair }),
  })
  await options.informers.synced()
  return {
    podTLS: (namespace) => () => certificates.podTLS(namespace),
    serverTLS: { ...settings, ...certificates.start() },
  }
}
