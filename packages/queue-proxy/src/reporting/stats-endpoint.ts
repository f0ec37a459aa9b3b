import { answerError, type Exchange } from '@knative-ts/http-proxy'
import { Stat } from '@knative-ts/stats'
import { pathOf } from '../path-of.ts'

const headers = ['Content-Type', 'application/protobuf']

/** Answers the autoscaler's scrape: `/metrics`, one protobuf Stat, whatever is accepted. */
export function statsEndpoint(latest: () => Stat): (exchange: Exchange) => void {
  return (exchange) => {
    if (pathOf(exchange.target) === '/metrics') {
      exchange.answer(200, headers, Buffer.from(Stat.encode(latest()).finish()))
    } else answerError(exchange, 404, '404 page not found')
  }
}
