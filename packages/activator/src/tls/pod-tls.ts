import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
} from 'node:tls'
import { dataPlaneServerName, dataPlaneUserSAN } from '@knative-ts/apis'

/**
 * Makes the TLS settings for connections to queue-proxies: TLS 1.3, a certificate from our own authorities,
 * for the data plane and for the namespace the request is meant for.
 * @param trusted certificates of authorities, PEM
 */
export function podTLSFor(trusted: readonly string[]): (namespace: string) => ConnectionOptions {
  const secureContext = createSecureContext({ minVersion: 'TLSv1.3', ca: [...trusted] })
  return (namespace) => ({
    secureContext,
    servername: dataPlaneServerName,
    checkServerIdentity: (name, certificate) =>
      checkServerIdentity(name, certificate) ?? checkNamespace(namespace, certificate),
  })
}

function checkNamespace(namespace: string, { subjectaltname = '' }: PeerCertificate): Error | undefined {
  const wanted = dataPlaneUserSAN(namespace)
  const names = subjectaltname
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length))
  if (names.includes(wanted)) return undefined
  return new Error(`san ${JSON.stringify(wanted)} does not have a matching name in [${names.join(' ')}]`)
}
