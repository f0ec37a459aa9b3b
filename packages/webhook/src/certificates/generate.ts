import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { signCertificate } from '@knative-ts/certificates'

/** A CA and a server certificate signed by it, PEM. The CA's key is thrown away. */
export interface CertificateSet {
  readonly serverKey: string
  readonly serverCert: string
  readonly caCert: string
}

const dayMs = 24 * 3_600_000
/** How long both certificates are valid. */
export const certificateLifetimeMs = 7 * dayMs
const organization = 'knative.dev'

const newKeys = () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })

/** Names under which a Service is reached in the cluster. */
export function serviceNames(service: string, namespace: string, clusterDomain: string): string[] {
  return [
    service,
    `${service}.${namespace}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.${clusterDomain}`,
  ]
}

/** Makes a new CA and a certificate of it for a Service, valid for 7 days from `nowMs`. */
export async function generateCertificates(
  service: string,
  namespace: string,
  clusterDomain: string,
  nowMs: number,
): Promise<CertificateSet> {
  const [ca, server] = await Promise.all([newKeys(), newKeys()])
  const name = { organization, commonName: `${service}.${namespace}.svc` }
  const common = {
    subject: name,
    issuer: name,
    hosts: serviceNames(service, namespace, clusterDomain),
    notBeforeMs: nowMs,
    notAfterMs: nowMs + certificateLifetimeMs,
    issuerPublicKey: ca.publicKey,
    issuerPrivateKey: ca.privateKey,
  }
  return {
    serverKey: server.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    serverCert: signCertificate({ ...common, isCA: false, publicKey: server.publicKey }),
    caCert: signCertificate({ ...common, isCA: true, publicKey: ca.publicKey }),
  }
}
