import { any, field, type MessageValue, message, repeated, string } from '../protobuf/index.ts'
import { Address, TransportSocket } from './core.ts'

const pkg = 'envoy.config.listener.v3'

const FilterChainMatch = message(`${pkg}.FilterChainMatch`, {
  serverNames: repeated(11, string),
})

const Filter = message(`${pkg}.Filter`, { name: field(1, string), typedConfig: field(4, any) })

export const FilterChain = message(`${pkg}.FilterChain`, {
  filterChainMatch: field(1, FilterChainMatch),
  filters: repeated(3, Filter),
  transportSocket: field(6, TransportSocket),
})
export type FilterChain = MessageValue<typeof FilterChain.fields>

export const ListenerFilter = message(`${pkg}.ListenerFilter`, {
  name: field(1, string),
  typedConfig: field(3, any),
})
export type ListenerFilter = MessageValue<typeof ListenerFilter.fields>

const AdditionalAddress = message(`${pkg}.AdditionalAddress`, { address: field(1, Address) })

export const Listener = message(`${pkg}.Listener`, {
  name: field(1, string),
  address: field(2, Address),
  filterChains: repeated(3, FilterChain),
  listenerFilters: repeated(9, ListenerFilter),
  additionalAddresses: repeated(33, AdditionalAddress),
})
export type Listener = MessageValue<typeof Listener.fields>

export const ProxyProtocol = message('envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol', {})
export const TlsInspector = message('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', {})
