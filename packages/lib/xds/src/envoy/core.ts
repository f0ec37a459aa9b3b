import {
  any,
  bool,
  bytes,
  duration,
  enumeration,
  field,
  type MessageValue,
  message,
  repeated,
  string,
  uint32,
} from '../protobuf/index.ts'

const pkg = 'envoy.config.core.v3'

export const SocketAddress = message(`${pkg}.SocketAddress`, {
  address: field(2, string),
  portValue: field(3, uint32),
  ipv4Compat: field(6, bool),
})

export const Address = message(`${pkg}.Address`, { socketAddress: field(1, SocketAddress) })
export type Address = MessageValue<typeof Address.fields>

export const DataSource = message(`${pkg}.DataSource`, {
  inlineBytes: field(2, bytes),
  inlineString: field(3, string),
})
export type DataSource = MessageValue<typeof DataSource.fields>

export const TransportSocket = message(`${pkg}.TransportSocket`, {
  name: field(1, string),
  typedConfig: field(3, any),
})
export type TransportSocket = MessageValue<typeof TransportSocket.fields>

export const TypedExtensionConfig = message(`${pkg}.TypedExtensionConfig`, {
  name: field(1, string),
  typedConfig: field(2, any),
})

const AggregatedConfigSource = message(`${pkg}.AggregatedConfigSource`, {})

export const ConfigSource = message(`${pkg}.ConfigSource`, {
  ads: field(3, AggregatedConfigSource),
  initialFetchTimeout: field(4, duration),
  resourceApiVersion: field(6, enumeration(`${pkg}.ApiVersion`, { AUTO: 0, V2: 1, V3: 2 })),
})

export const HeaderValue = message(`${pkg}.HeaderValue`, { key: field(1, string), value: field(2, string) })

export const HeaderValueOption = message(`${pkg}.HeaderValueOption`, {
  header: field(1, HeaderValue),
  appendAction: field(
    3,
    enumeration(`${pkg}.HeaderValueOption.HeaderAppendAction`, {
      APPEND_IF_EXISTS_OR_ADD: 0,
      ADD_IF_ABSENT: 1,
      OVERWRITE_IF_EXISTS_OR_ADD: 2,
      OVERWRITE_IF_EXISTS: 3,
    }),
  ),
  keepEmptyValue: field(4, bool),
})
export type HeaderValueOption = MessageValue<typeof HeaderValueOption.fields>

const EnvoyGrpc = message(`${pkg}.GrpcService.EnvoyGrpc`, {
  clusterName: field(1, string),
  authority: field(2, string),
})

export const GrpcService = message(`${pkg}.GrpcService`, {
  envoyGrpc: field(1, EnvoyGrpc),
  timeout: field(3, duration),
  initialMetadata: repeated(5, HeaderValue),
})

export const HttpUri = message(`${pkg}.HttpUri`, {
  uri: field(1, string),
  cluster: field(2, string),
  timeout: field(3, duration),
})

export const HttpService = message(`${pkg}.HttpService`, { httpUri: field(1, HttpUri) })

export const SubstitutionFormatString = message(`${pkg}.SubstitutionFormatString`, {
  textFormatSource: field(5, DataSource),
})

export const Http1ProtocolOptions = message(`${pkg}.Http1ProtocolOptions`, { enableTrailers: field(5, bool) })
export const Http2ProtocolOptions = message(`${pkg}.Http2ProtocolOptions`, {})

/** The xDS client: which gateway it is. */
export const Node = message(`${pkg}.Node`, { id: field(1, string), cluster: field(2, string) })
