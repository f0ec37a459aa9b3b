import {
  any,
  bool,
  boolValue,
  duration,
  enumeration,
  field,
  type MessageValue,
  map,
  message,
  preEncoded,
  repeated,
  string,
  uint32Value,
} from '../protobuf/index.ts'
import { HeaderValueOption } from './core.ts'
import { StringMatcher } from './tls.ts'

const pkg = 'envoy.config.route.v3'

export const HeaderMatcher = message(`${pkg}.HeaderMatcher`, {
  name: field(1, string),
  presentMatch: field(7, bool),
  stringMatch: field(13, StringMatcher),
})
export type HeaderMatcher = MessageValue<typeof HeaderMatcher.fields>

const RouteMatch = message(`${pkg}.RouteMatch`, {
  prefix: field(1, string),
  headers: repeated(6, HeaderMatcher),
})

const ClusterWeight = message(`${pkg}.WeightedCluster.ClusterWeight`, {
  name: field(1, string),
  weight: field(2, uint32Value),
  requestHeadersToAdd: repeated(4, HeaderValueOption),
})

const WeightedCluster = message(`${pkg}.WeightedCluster`, { clusters: repeated(1, ClusterWeight) })

const UpgradeConfig = message(`${pkg}.RouteAction.UpgradeConfig`, {
  upgradeType: field(1, string),
  enabled: field(2, boolValue),
})

const RetryBackOff = message(`${pkg}.RetryPolicy.RetryBackOff`, {
  baseInterval: field(1, duration),
  maxInterval: field(2, duration),
})

const RetryPolicy = message(`${pkg}.RetryPolicy`, {
  retryOn: field(1, string),
  numRetries: field(2, uint32Value),
  retryBackOff: field(8, RetryBackOff),
})

const RouteAction = message(`${pkg}.RouteAction`, {
  cluster: field(1, string),
  weightedClusters: field(3, WeightedCluster),
  hostRewriteLiteral: field(6, string),
  timeout: field(8, duration),
  retryPolicy: field(9, RetryPolicy),
  upgradeConfigs: repeated(25, UpgradeConfig),
})

const RedirectAction = message(`${pkg}.RedirectAction`, {
  responseCode: field(
    3,
    enumeration(`${pkg}.RedirectAction.RedirectResponseCode`, { MOVED_PERMANENTLY: 0, FOUND: 1 }),
  ),
  httpsRedirect: field(4, bool),
})

export const Route = message(`${pkg}.Route`, {
  name: field(14, string),
  match: field(1, RouteMatch),
  route: field(2, RouteAction),
  redirect: field(3, RedirectAction),
  requestHeadersToAdd: repeated(9, HeaderValueOption),
  typedPerFilterConfig: map(13, any),
  perRequestBufferLimitBytes: field(16, uint32Value),
})
export type Route = MessageValue<typeof Route.fields>

export const VirtualHost = message(`${pkg}.VirtualHost`, {
  name: field(1, string),
  domains: repeated(2, string),
  routes: repeated(3, Route),
  typedPerFilterConfig: map(15, any),
})
export type VirtualHost = MessageValue<typeof VirtualHost.fields>

/** Virtual hosts are bytes from `VirtualHost.encode`, so that one that did not change costs a copy. */
export const RouteConfiguration = message(`${pkg}.RouteConfiguration`, {
  name: field(1, string),
  virtualHosts: repeated(2, preEncoded(VirtualHost)),
  validateClusters: field(7, boolValue),
})
export type RouteConfiguration = MessageValue<typeof RouteConfiguration.fields>
