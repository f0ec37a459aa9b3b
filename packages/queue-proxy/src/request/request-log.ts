import { headerValue, isProbe, type RawHeaders } from '@knative-ts/http-proxy'
import { logRequest, type RequestLogOptions } from '@knative-ts/http-proxy/request-log'
import type { RequestObserver } from './request-observer.ts'

/** Writes a line for each user's request, and for probes too if asked. */
export class RequestLog implements RequestObserver {
  readonly #options: Omit<RequestLogOptions, 'traceID'>
  readonly #withProbes: boolean

  constructor(options: Omit<RequestLogOptions, 'traceID'>, withProbes: boolean) {
    this.#options = options
    this.#withProbes = withProbes
  }

  observe(exchange: Parameters<RequestObserver['observe']>[0]): void {
    if (!this.#withProbes && isProbe(exchange.headers)) return
    logRequest(exchange, { ...this.#options, traceID: traceId(exchange.headers) })
  }
}

/** The id in the second part of W3C `traceparent`, or Zipkin's; empty without either. */
export function traceId(headers: RawHeaders): string {
  return headerValue(headers, 'traceparent')?.split('-')[1] || (headerValue(headers, 'x-b3-traceid') ?? '')
}
