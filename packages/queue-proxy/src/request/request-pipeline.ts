import {
  activatorProbeValue,
  originalHostHeader,
  proxyHeaderName,
  revisionHeaderName,
  revisionHeaderNamespace,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import {
  answerError,
  type Breaker,
  type ConcurrencyStats,
  type Destination,
  type Exchange,
  type ForwardOptions,
  forward,
  headerValue,
  isHost,
  isKubeletProbe,
  limitTime,
  type TimeLimits,
} from '@knative-ts/http-proxy'
import type { Drainer } from '../drainer.ts'
import { forwardedHeader } from './forwarded.ts'
import type { ProbeGate } from './probe-gate.ts'
import type { RequestObserver } from './request-observer.ts'

/** What the stages of the pipeline work with. */
export interface RequestPipelineOptions {
  readonly clock: Clock
  readonly probeGate: ProbeGate
  readonly drainer: Drainer
  readonly timeLimits: TimeLimits
  readonly stats: ConcurrencyStats
  /** Undefined: no limit on concurrency. */
  readonly breaker: Breaker | undefined
  readonly userContainer: Destination
  /** See every request when it arrives, probes included: the request log. */
  readonly observers: readonly RequestObserver[]
  /** See a request when it is passed on, so not its wait for the breaker, and none that is refused: metrics. */
  readonly meters: readonly RequestObserver[]
}

const hidden = [revisionHeaderName, revisionHeaderNamespace]
const hiddenWithHost = [...hidden, originalHostHeader]

/**
 * What happens to a request, in this order: observed · probes answered · counted against draining · its time limited · `Forwarded`
 * added · counted for the autoscaler · host restored · admitted by the breaker · metered · forwarded to the user container.
 */
export class RequestPipeline {
  readonly #options: RequestPipelineOptions

  constructor(options: RequestPipelineOptions) {
    this.#options = options
  }

  /** Serves one request. */
  readonly handle = (exchange: Exchange): void => {
    const { observers, probeGate, drainer, timeLimits, clock } = this.#options
    for (const observer of observers) observer.observe(exchange)
    if (probeGate.answers(exchange)) return
    drainer.requestArrived()
    limitTime(exchange, timeLimits, clock)
    if (isKubeletProbe(exchange.headers)) this.#forward(exchange, withForwarded(exchange, hidden))
    else this.#admit(exchange)
  }

  #admit(exchange: Exchange): void {
    const { stats, breaker, clock } = this.#options
    const { headers } = exchange
    const proxied = headerValue(headers, proxyHeaderName) === activatorProbeValue
    stats.arrive(clock.monotonic(), proxied)
    const original = headerValue(headers, originalHostHeader)
    const host = original !== undefined && isHost(original) ? original : undefined
    const options = withForwarded(exchange, hiddenWithHost, host)
    if (!breaker) {
      exchange.onEnd(() => stats.leave(clock.monotonic(), proxied))
      this.#forward(exchange, options)
      return
    }
    if (breaker.tryAcquire()) {
      exchange.onEnd(() => {
        stats.leave(clock.monotonic(), proxied)
        breaker.release()
      })
      this.#forward(exchange, options)
      return
    }
    exchange.onEnd(() => stats.leave(clock.monotonic(), proxied))
    this.#wait(breaker, exchange, options)
  }

  #wait(breaker: Breaker, exchange: Exchange, options: ForwardOptions): void {
    const waiting = breaker.wait(() => {
      exchange.onEnd(() => breaker.release())
      this.#forward(exchange, options)
    })
    if (waiting) exchange.onEnd(() => waiting.cancel())
    else answerError(exchange, 503, 'pending request queue full')
  }

  #forward(exchange: Exchange, options: ForwardOptions): void {
    const { meters, userContainer } = this.#options
    for (const meter of meters) meter.observe(exchange)
    forward(exchange, userContainer, options).then((outcome) => {
      if (outcome.kind === 'failed') answerError(exchange, 502, outcome.error.message)
    })
  }
}

function withForwarded(exchange: Exchange, remove: readonly string[], host?: string): ForwardOptions {
  const forwarded = forwardedHeader(exchange.headers)
  return {
    remove,
    ...(host ? { host } : {}),
    ...(forwarded === undefined ? {} : { set: ['Forwarded', forwarded] }),
  }
}
