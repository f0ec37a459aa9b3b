import { type ClientHttp2Session, connect } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Exchange } from '@knative-ts/http-proxy'
import { testServer } from '@knative-ts/http-proxy/testing'
import { type TestQueueProxyOptions, testQueueProxy } from './test-queue-proxy.ts'

/** A queue-proxy in front of a container that speaks both protocols. */
export async function bothProtocols(
  serve: (exchange: Exchange) => void = (exchange) => exchange.answer(200, [], `HTTP/${exchange.httpMajor}`),
  options: Partial<TestQueueProxyOptions> = {},
) {
  const seen: Exchange[] = []
  const container = await testServer({
    handler: (exchange) => {
      seen.push(exchange)
      serve(exchange)
    },
  })
  const { queueProxy } = await testQueueProxy({ userPort: container.port, ...options })
  const sessions: ClientHttp2Session[] = []
  return {
    seen,
    queueProxy,
    http2(socket?: TLSSocket): ClientHttp2Session {
      const session = connect(`http://127.0.0.1:${queueProxy.servingPort}`, {
        ...(socket && { createConnection: () => socket }),
      })
      sessions.push(session)
      return session
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy()
      await queueProxy.abort()
      await container[Symbol.asyncDispose]()
    },
  }
}
