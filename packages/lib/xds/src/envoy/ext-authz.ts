import { bool, enumeration, field, map, message, repeated, string, uint32 } from '../protobuf/index.ts'
import { GrpcService, HeaderValue, HttpUri } from './core.ts'

const pkg = 'envoy.extensions.filters.http.ext_authz.v3'

const BufferSettings = message(`${pkg}.BufferSettings`, {
  maxRequestBytes: field(1, uint32),
  allowPartialMessage: field(2, bool),
  packAsBytes: field(3, bool),
})

const AuthorizationRequest = message(`${pkg}.AuthorizationRequest`, {
  headersToAdd: repeated(2, HeaderValue),
})

const HttpService = message(`${pkg}.HttpService`, {
  serverUri: field(1, HttpUri),
  pathPrefix: field(2, string),
  authorizationRequest: field(7, AuthorizationRequest),
})

export const ExtAuthz = message(`${pkg}.ExtAuthz`, {
  grpcService: field(1, GrpcService),
  failureModeAllow: field(2, bool),
  httpService: field(3, HttpService),
  withRequestBody: field(5, BufferSettings),
  clearRouteCache: field(6, bool),
  transportApiVersion: field(12, enumeration('envoy.config.core.v3.ApiVersion', { AUTO: 0, V2: 1, V3: 2 })),
})

const CheckSettings = message(`${pkg}.CheckSettings`, { contextExtensions: map(1, string) })

export const ExtAuthzPerRoute = message(`${pkg}.ExtAuthzPerRoute`, {
  disabled: field(1, bool),
  checkSettings: field(2, CheckSettings),
})
