import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { V1Secret } from '@knative-ts/apis'
import type { CertificateSet } from './generate.ts'

export const serverKeyName = 'server-key.pem'
export const serverCertName = 'server-cert.pem'
export const caCertName = 'ca-cert.pem'

/** The certificates that the Secret holds; undefined while one of them is missing. */
export function certificatesIn(secret: V1Secret | undefined): CertificateSet | undefined {
  const text = (key: string) => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8')
  const set = { serverKey: text(serverKeyName), serverCert: text(serverCertName), caCert: text(caCertName) }
  return set.serverKey && set.serverCert && set.caCert ? set : undefined
}

/** Secret data for a set of certificates. */
export function secretData(set: CertificateSet): Record<string, string> {
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  return {
    [serverKeyName]: encoded(set.serverKey),
    [serverCertName]: encoded(set.serverCert),
    [caCertName]: encoded(set.caCert),
  }
}

/** When the first of the certificates ends, milliseconds since the epoch; undefined if they are unusable. */
export function expiryOf(set: CertificateSet): number | undefined {
  try {
    const server = new X509Certificate(set.serverCert)
    const ca = new X509Certificate(set.caCert)
    if (!server.checkPrivateKey(createPrivateKey(set.serverKey))) return undefined
    if (!server.verify(ca.publicKey)) return undefined
    return Math.min(Date.parse(server.validTo), Date.parse(ca.validTo))
  } catch {
    return undefined
  }
}
