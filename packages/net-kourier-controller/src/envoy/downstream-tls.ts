import {
  CryptoMbPrivateKeyMethodConfig,
  DownstreamTlsContext,
  pack,
  type TlsCertificate,
  type TransportSocket,
} from '@knative-ts/xds'
import type { KourierConfig } from '../config/kourier-config.ts'
import type { KeyPair } from '../ingress/key-pair.ts'
import { tlsTransportSocketName } from './names.ts'

/** TLS towards clients. */
export function downstreamTLS(
  pair: KeyPair,
  config: KourierConfig,
  options: { cryptoMB: boolean },
): TransportSocket {
  return {
    name: tlsTransportSocketName,
    typedConfig: pack(DownstreamTlsContext, {
      commonTlsContext: {
        tlsParams: {
          tlsMinimumProtocolVersion: 'TLSv1_2',
          ...(config.cipherSuites.length > 0 ? { cipherSuites: config.cipherSuites } : {}),
        },
        tlsCertificates: [options.cryptoMB ? acceleratedCertificate(pair) : plainCertificate(pair)],
        alpnProtocols: ['h2', 'http/1.1'],
      },
    }),
  }
}

function plainCertificate({ certificate, privateKey }: KeyPair): TlsCertificate {
  return { certificateChain: { inlineBytes: certificate }, privateKey: { inlineBytes: privateKey } }
}

function acceleratedCertificate({ certificate, privateKey }: KeyPair): TlsCertificate {
  return {
    certificateChain: { inlineBytes: certificate },
    privateKeyProvider: {
      providerName: 'cryptomb',
      typedConfig: pack(CryptoMbPrivateKeyMethodConfig, {
        pollDelay: '0.01s',
        privateKey: { inlineBytes: privateKey },
      }),
    },
  }
}
