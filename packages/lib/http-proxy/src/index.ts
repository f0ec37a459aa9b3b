export { answerError, answerNetworkProbe, answerText } from './answers.ts'
export { Breaker, type BreakerOptions, maxBreakerCapacity, type Waiting } from './breaker.ts'
export { type ConcurrencyReport, ConcurrencyStats } from './concurrency-stats.ts'
export { type ProxyErrorCode, TlsSettingError, UpstreamError } from './errors.ts'
export type { BodySink, Ending, Exchange } from './exchange.ts'
export { type ForwardOptions, type ForwardOutcome, forward } from './forward.ts'
export { http2StreamWindow } from './http2-module.ts'
export { observedStatus } from './observed-status.ts'
export { isKubeletProbe, isProbe } from './probes.ts'
export { ProxyServer, type ProxyServerOptions } from './proxy-server.ts'
export {
  foldedHeader,
  hasHeader,
  headerValue,
  isHeader,
  listHasToken,
  type RawHeaders,
} from './raw-headers.ts'
export { limitTime, type TimeLimits } from './request-timeouts.ts'
export { defaultServerLimits, type ServerLimits } from './server-limits.ts'
export { type ServerTlsSettings, serverTlsSettings } from './server-tls-settings.ts'
export { type SmallRequest, type SmallResponse, send } from './small-request.ts'
export { isHost } from './syntax.ts'
export { type Destination, Upstreams, type UpstreamsOptions } from './upstreams.ts'
