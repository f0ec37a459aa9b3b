import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '@knative-ts/clock'
import type { Stat } from '../gen/metrics.ts'
import type { ReportRequest } from '../gen/stats.ts'
import { ActivatorStreams } from './activator-streams.ts'
import { GrpcStream, grpcStatus, refuse } from './grpc-stream.ts'
import { PodStreams } from './pod-streams.ts'
import type { StatsHost } from './stats-host.ts'

/** Port of the stats streams in the autoscaler's pod and Service, named `grpc-stats`. */
export const grpcStatsPort = 8081

const keepAliveMs = 30_000

/**
 * The autoscaler's end of the stats streams. It speaks gRPC over Node's HTTP/2 with small tables, since one
 * stream is held open for every sampled pod: about 28 KiB each, where a gRPC library takes about 37 KiB.
 */
export class StatsServer {
  readonly #server: Http2Server
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #pods: PodStreams
  readonly #activators: ActivatorStreams

  /** @param random in [0, 1); spreads the returns of pods outside the sample */
  constructor(host: StatsHost, clock: Clock, random: () => number = Math.random) {
    this.#pods = new PodStreams(host, clock, (key, change) => this.#activators.announce(key, change), random)
    this.#activators = new ActivatorStreams(host, (key) => this.#pods.readyPods(key))
    this.#server = createServer({
      settings: { headerTableSize: 0, enablePush: false, maxConcurrentStreams: 250, maxHeaderListSize: 8192 },
      maxDeflateDynamicTableSize: 0,
    })
    this.#server.on('connection', (socket: Socket) => {
      socket.setNoDelay(true)
      socket.setKeepAlive(true, keepAliveMs)
    })
    this.#server.on('session', (session) => {
      this.#sessions.add(session)
      session.on('close', () => this.#sessions.delete(session))
      session.on('error', () => session.destroy())
    })
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      if (!refuse(stream, headers)) this.#accept(new GrpcStream(stream))
    })
  }

  /** Listens on `host`; resolves to the port once it does, rejects if the port can't be had. */
  listen(host: string, port: number = grpcStatsPort): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Tells every reporter to go elsewhere and stops. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#sessions) session.destroy()
    await closed
  }

  /** Fresh stats of a revision's pods (`namespace/revision`), by pod name. */
  samples(key: string): Map<string, Stat> {
    return this.#pods.samples(key)
  }

  /** Call when pods of a revision came, went or got their IP. */
  podsChanged(key: string): void {
    this.#pods.podsChanged(key)
  }

  /** Call when buckets changed hands. */
  ownersChanged(): void {
    this.#pods.ownersChanged()
  }

  #accept(grpc: GrpcStream): void {
    let reporter: { onRequest: (request: ReportRequest) => void; onClose: () => void } | undefined
    grpc.listen(
      (request) => {
        if (reporter) reporter.onRequest(request)
        else if (request.queueProxy) reporter = this.#pods.open(grpc, request.queueProxy, request)
        else if (request.activator) reporter = this.#activators.open(grpc, request)
        else grpc.end(grpcStatus.invalidArgument, 'the first message must name the reporter')
      },
      () => reporter?.onClose(),
    )
  }
}
