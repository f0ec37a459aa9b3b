import type { PodChange, ReportRequest } from '../gen/stats.ts'
import type { GrpcStream } from './grpc-stream.ts'
import type { StatsHost } from './stats-host.ts'

/** The streams of activators, and which revisions each of them reports on. */
export class ActivatorStreams {
  readonly #host: StatsHost
  readonly #readyPods: (key: string) => PodChange[]
  readonly #interested = new Map<string, Set<GrpcStream>>()

  /** @param readyPods what an activator is told first about a revision */
  constructor(host: StatsHost, readyPods: (key: string) => PodChange[]) {
    this.#host = host
    this.#readyPods = readyPods
  }

  /** Takes in a stream whose first message was `first`; returns what its later messages and end go to. */
  open(
    grpc: GrpcStream,
    first: ReportRequest,
  ): { onRequest: (request: ReportRequest) => void; onClose: () => void } {
    const revisions = new Set<string>()
    grpc.send({})
    this.#onRequest(grpc, revisions, first)
    return {
      onRequest: (request) => this.#onRequest(grpc, revisions, request),
      onClose: () => {
        for (const key of revisions) this.#loseInterest(key, grpc)
      },
    }
  }

  /** Passes news of a pod to every activator that reports on its revision. */
  announce(key: string, change: PodChange): void {
    for (const grpc of this.#interested.get(key) ?? []) grpc.send({ pods: [change] })
  }

  #onRequest(grpc: GrpcStream, revisions: Set<string>, request: ReportRequest): void {
    for (const { namespace, name, stat } of request.revisionStats) {
      if (!stat) continue
      const key = `${namespace}/${name}`
      const owner = this.#host.ownerOf(key)
      if (owner.kind === 'peer') {
        if (revisions.delete(key)) this.#loseInterest(key, grpc)
        grpc.send({ redirect: { address: owner.address, namespace, revision: name } })
        continue
      }
      this.#gainInterest(key, grpc, revisions)
      this.#host.onLoad(namespace, name, stat)
    }
    for (const { namespace, name } of request.idle) {
      const key = `${namespace}/${name}`
      if (revisions.delete(key)) this.#loseInterest(key, grpc)
    }
  }

  #gainInterest(key: string, grpc: GrpcStream, revisions: Set<string>): void {
    if (revisions.has(key)) return
    revisions.add(key)
    const streams = this.#interested.get(key) ?? new Set()
    this.#interested.set(key, streams.add(grpc))
    const pods = this.#readyPods(key)
    if (pods.length > 0) grpc.send({ pods })
  }

  #loseInterest(key: string, grpc: GrpcStream): void {
    const streams = this.#interested.get(key)
    streams?.delete(grpc)
    if (streams?.size === 0) this.#interested.delete(key)
  }
}
