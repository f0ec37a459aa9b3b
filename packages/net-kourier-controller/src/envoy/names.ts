/** Node id that gateways announce; the key of their snapshot. */
export const gatewayNodeId = '3scale-kourier-gateway'

/** Ports the gateways listen on. */
export const httpPortExternal = 8080
export const httpPortInternal = 8081
export const httpPortProbe = 8090
export const httpsPortExternal = 8443
export const httpsPortInternal = 8444
export const httpsPortProbe = 9443

export const externalRouteConfig = 'external_services'
export const internalRouteConfig = 'internal_services'
export const externalTLSRouteConfig = 'external_tls_services'
export const internalTLSRouteConfig = 'internal_tls_services'

export const extAuthzFilterName = 'envoy.filters.http.ext_authz'
export const extAuthzClusterName = 'extAuthz'
export const tracingClusterName = 'otel-collector'
/** Cluster of the bootstrap: the gateway's own admin interface. */
export const statsClusterName = 'service_stats'

export const tlsTransportSocketName = 'envoy.transport_sockets.tls'

/** Host of the gateway's own readiness probe. */
export const statusHost = 'internalkourier'
