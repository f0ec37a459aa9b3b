import { type Clock, systemClock } from '@knative-ts/clock'
import { answerError } from '../answers.ts'
import type { Exchange } from '../exchange.ts'
import { type ForwardOptions, type ForwardOutcome, forward } from '../forward.ts'
import { ProxyServer } from '../proxy-server.ts'
import type { ServerLimits } from '../server-limits.ts'
import { type Destination, Upstreams } from '../upstreams.ts'

export interface TestProxyOptions {
  readonly clock?: Clock
  readonly forward?: ForwardOptions
  readonly limits?: ServerLimits
  /** Sees each exchange before it is forwarded. */
  readonly before?: (exchange: Exchange) => void
}

/** A proxy on 127.0.0.1 in front of one destination. */
export interface TestProxy extends AsyncDisposable {
  readonly port: number
  readonly server: ProxyServer
  readonly upstreams: Upstreams
  readonly exchanges: readonly Exchange[]
  /** Outcomes in the order in which requests came to their end. */
  readonly outcomes: readonly ForwardOutcome[]
  /** Waits for the `count`th outcome. */
  outcome(count?: number): Promise<ForwardOutcome>
}

/** Starts a proxy that answers 502 with the error's text when a request can't be forwarded. */
export async function testProxy(upstreamPort: number, options: TestProxyOptions = {}): Promise<TestProxy> {
  const upstreams = new Upstreams({
    clock: options.clock ?? systemClock,
    maxIdle: 100,
    maxIdlePerDestination: 100,
  })
  const destination: Destination = upstreams.to('127.0.0.1', upstreamPort)
  const exchanges: Exchange[] = []
  const outcomes: ForwardOutcome[] = []
  const waiting: (() => void)[] = []
  const server = new ProxyServer({
    ...(options.limits ? { limits: options.limits } : {}),
    handler: (exchange) => {
      exchanges.push(exchange)
      options.before?.(exchange)
      forward(exchange, destination, options.forward).then((outcome) => {
        outcomes.push(outcome)
        if (outcome.kind === 'failed') answerError(exchange, 502, outcome.error.message)
        for (const wake of waiting.splice(0)) wake()
      })
    },
  })
  await server.listen(0, '127.0.0.1')
  return {
    port: server.port,
    server,
    upstreams,
    exchanges,
    outcomes,
    async outcome(count = 1) {
      while (outcomes.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
      return outcomes[count - 1]!
    },
    async [Symbol.asyncDispose]() {
      destination.close()
      upstreams.stop()
      server.destroy()
      await server.close()
    },
  }
}
