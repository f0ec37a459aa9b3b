import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '@knative-ts/clock'
import { type Logger, silentLogger } from '@knative-ts/observability'
import { type Environment, readEnvironment, type Variables } from '../environment.ts'
import { QueueProxy } from '../queue-proxy.ts'
import { type ProbeTry, probeTry } from '../readiness/probe-try.ts'
import { testVariables } from './test-environment.ts'

export interface TestQueueProxyOptions {
  readonly userPort: number
  readonly variables?: Variables
  readonly clock?: Clock
  readonly tryProbe?: ProbeTry
  readonly logger?: Logger
  readonly certificateFolder?: string
}

/** A queue-proxy on free ports of 127.0.0.1. */
export interface TestQueueProxy extends AsyncDisposable {
  readonly queueProxy: QueueProxy
  readonly environment: Environment
  readonly url: string
}

/** Starts a queue-proxy in front of a user container that is on `userPort`. */
export async function testQueueProxy(options: TestQueueProxyOptions): Promise<TestQueueProxy> {
  const clock = options.clock ?? systemClock
  const variables = testVariables({
    USER_PORT: String(options.userPort),
    SERVING_READINESS_PROBE: `{"tcpSocket":{"port":${options.userPort}}}`,
    ...options.variables,
  })
  const environment = { ...readEnvironment(variables), servingPort: 0, tlsPort: 0 }
  const queueProxy = new QueueProxy({
    environment,
    ports: { admin: 0, stats: 0 },
    certificateFolder: options.certificateFolder ?? '/nonexistent',
    clock,
    logger: options.logger ?? silentLogger,
    tryProbe: options.tryProbe ?? probeTry(systemClock, environment.http2AutoDetection),
    onProbeFailure: () => {},
    onListenerError: (error) => {
      throw error
    },
  })
  await queueProxy.start()
  return {
    queueProxy,
    environment,
    url: `http://127.0.0.1:${queueProxy.servingPort}`,
    [Symbol.asyncDispose]: () => queueProxy.abort(),
  }
}

/** A user container: an HTTP/1.1 server of Node on a free port. */
export interface TestUserContainer extends AsyncDisposable {
  readonly port: number
  readonly server: Server
}

export async function testUserContainer(serve: RequestListener): Promise<TestUserContainer> {
  const server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A user container that answers `burst` requests once it has that many, and counts the connections that it got. */
export async function burstContainer(
  burst: number,
): Promise<TestUserContainer & { readonly connections: number }> {
  let connections = 0
  const held: ServerResponse[] = []
  const container = await testUserContainer((_request, response) => {
    held.push(response)
    if (held.length === burst) for (const waiting of held.splice(0)) waiting.end()
  })
  container.server.on('connection', () => connections++)
  return {
    ...container,
    get connections() {
      return connections
    },
  }
}
