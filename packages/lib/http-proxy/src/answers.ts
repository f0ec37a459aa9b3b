import { hashHeaderName } from '@knative-ts/apis'
import type { Exchange } from './exchange.ts'
import { hasHeader, headerValue, type RawHeaders } from './raw-headers.ts'

const errorHeaders: RawHeaders = [
  'Content-Type',
  'text/plain; charset=utf-8',
  'X-Content-Type-Options',
  'nosniff',
]
const textHeaders: RawHeaders = ['Content-Type', 'text/plain; charset=utf-8']

/** Answers with an error as Go's `http.Error` writes it: plain text that ends in a newline. */
export function answerError(exchange: Exchange, status: number, text: string): void {
  exchange.answer(status, errorHeaders, `${text}\n`)
}

/** Answers with exactly `text`. */
export function answerText(exchange: Exchange, status: number, text: string): void {
  exchange.answer(status, textHeaders, text)
}

/**
 * Answers a network probe (`K-Network-Probe: probe`): 200 with the hash echoed, so that the prober can tell which
 * configuration reached us, or 400 without one.
 */
export function answerNetworkProbe(exchange: Exchange): void {
  if (!hasHeader(exchange.headers, hashHeaderName)) {
    answerError(exchange, 400, 'a probe request must contain a non-empty "K-Network-Hash" header')
    return
  }
  exchange.answer(200, ['K-Network-Hash', headerValue(exchange.headers, hashHeaderName)!])
}
