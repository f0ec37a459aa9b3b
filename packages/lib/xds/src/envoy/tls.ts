import {
  any,
  bool,
  duration,
  enumeration,
  field,
  type MessageValue,
  message,
  repeated,
  string,
} from '../protobuf/index.ts'
import { DataSource } from './core.ts'

const pkg = 'envoy.extensions.transport_sockets.tls.v3'

export const StringMatcher = message('envoy.type.matcher.v3.StringMatcher', {
  exact: field(1, string),
  prefix: field(2, string),
})

const protocol = enumeration(`${pkg}.TlsParameters.TlsProtocol`, {
  TLS_AUTO: 0,
  TLSv1_0: 1,
  TLSv1_1: 2,
  TLSv1_2: 3,
  TLSv1_3: 4,
})

export const TlsParameters = message(`${pkg}.TlsParameters`, {
  tlsMinimumProtocolVersion: field(1, protocol),
  tlsMaximumProtocolVersion: field(2, protocol),
  cipherSuites: repeated(3, string),
})

export const PrivateKeyProvider = message(`${pkg}.PrivateKeyProvider`, {
  providerName: field(1, string),
  typedConfig: field(3, any),
  fallback: field(4, bool),
})

/** Contributed extension (Intel multi-buffer crypto), in Envoy's contrib builds only. */
export const CryptoMbPrivateKeyMethodConfig = message(
  'envoy.extensions.private_key_providers.cryptomb.v3alpha.CryptoMbPrivateKeyMethodConfig',
  { privateKey: field(1, DataSource), pollDelay: field(2, duration) },
)

export const TlsCertificate = message(`${pkg}.TlsCertificate`, {
  certificateChain: field(1, DataSource),
  privateKey: field(2, DataSource),
  privateKeyProvider: field(6, PrivateKeyProvider),
})
export type TlsCertificate = MessageValue<typeof TlsCertificate.fields>

export const SubjectAltNameMatcher = message(`${pkg}.SubjectAltNameMatcher`, {
  sanType: field(
    1,
    enumeration(`${pkg}.SubjectAltNameMatcher.SanType`, {
      SAN_TYPE_UNSPECIFIED: 0,
      EMAIL: 1,
      DNS: 2,
      URI: 3,
      IP_ADDRESS: 4,
    }),
  ),
  matcher: field(2, StringMatcher),
})

export const CertificateValidationContext = message(`${pkg}.CertificateValidationContext`, {
  trustedCa: field(1, DataSource),
  matchTypedSubjectAltNames: repeated(15, SubjectAltNameMatcher),
})

export const CommonTlsContext = message(`${pkg}.CommonTlsContext`, {
  tlsParams: field(1, TlsParameters),
  tlsCertificates: repeated(2, TlsCertificate),
  validationContext: field(3, CertificateValidationContext),
  alpnProtocols: repeated(4, string),
})

export const DownstreamTlsContext = message(`${pkg}.DownstreamTlsContext`, {
  commonTlsContext: field(1, CommonTlsContext),
})

export const UpstreamTlsContext = message(`${pkg}.UpstreamTlsContext`, {
  commonTlsContext: field(1, CommonTlsContext),
  sni: field(2, string),
})
