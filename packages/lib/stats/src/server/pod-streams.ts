import type { Clock } from '@knative-ts/clock'
import type { Stat } from '../gen/metrics.ts'
import type { PodChange, QueueProxy, Readiness, ReportRequest } from '../gen/stats.ts'
import type { GrpcStream } from './grpc-stream.ts'
import { sampleSize } from './sample-size.ts'
import type { StatsHost } from './stats-host.ts'

const reportIntervalMs = 1000
/** A stat older than this says nothing about the present second. */
const freshForMs = 2.5 * reportIntervalMs
/** A stream gives its place in the sample to a waiting pod after this long. */
const turnMs = 60_000
const firstPauseMs = 15_000
const retryUnknownOwnerMs = 1000

interface PodStream {
  readonly key: string
  readonly pod: QueueProxy
  readonly grpc: GrpcStream
  /** What it said of its user container; believed while it is known to be a pod of the revision. */
  readiness: Readiness | undefined
  /** What was told of it; undefined for nothing yet, in this stream. */
  announced: boolean | undefined
  /** Monotonic ms since when it has been asked to report; undefined while it is not. */
  reportingSinceMs: number | undefined
  stat: Stat | undefined
  statAtMs: number
}

/**
 * The streams of queue-proxies, by revision. Keeps as many reporting as the sample needs and sends the
 * others away for a while, so that cost grows with revisions, not with pods.
 */
export class PodStreams {
  readonly #host: StatsHost
  readonly #clock: Clock
  readonly #announce: (key: string, change: PodChange) => void
  readonly #random: () => number
  readonly #revisions = new Map<string, Map<string, PodStream>>()

  constructor(
    host: StatsHost,
    clock: Clock,
    announce: (key: string, change: PodChange) => void,
    random: () => number,
  ) {
    this.#host = host
    this.#clock = clock
    this.#announce = announce
    this.#random = random
  }

  /** Takes in a stream whose first message was `first`; returns what its later messages and end go to. */
  open(
    grpc: GrpcStream,
    pod: QueueProxy,
    first: ReportRequest,
  ): { onRequest: (request: ReportRequest) => void; onClose: () => void } | undefined {
    const key = `${pod.namespace}/${pod.revision}`
    if (!this.#isOurs(key, grpc)) return undefined
    const stream: PodStream = {
      key,
      pod,
      grpc,
      readiness: undefined,
      announced: undefined,
      reportingSinceMs: undefined,
      stat: undefined,
      statAtMs: 0,
    }
    const siblings = this.#revisions.get(key) ?? new Map<string, PodStream>()
    this.#revisions.set(key, siblings)
    siblings.get(idOf(stream))?.grpc.end()
    siblings.set(idOf(stream), stream)
    this.#onRequest(stream, first)
    return {
      onRequest: (request) => this.#onRequest(stream, request),
      onClose: () => this.#remove(stream),
    }
  }

  /** Re-examines what the streams of a revision said, by what is known of its pods; call when its pods change. */
  podsChanged(key: string): void {
    for (const stream of this.#revisions.get(key)?.values() ?? []) this.#considerReadiness(stream)
  }

  /** Sends streams on whose revisions have moved to another autoscaler. */
  ownersChanged(): void {
    for (const [key, streams] of this.#revisions) {
      for (const stream of streams.values()) if (!this.#isOurs(key, stream.grpc)) this.#remove(stream)
    }
  }

  /** Fresh stats of the revision's pods, by pod name; of reporters that are known to be its pods. */
  samples(key: string): Map<string, Stat> {
    const samples = new Map<string, Stat>()
    const nowMs = this.#clock.monotonic()
    for (const stream of this.#revisions.get(key)?.values() ?? []) {
      const { stat, statAtMs, pod } = stream
      if (stat && nowMs - statAtMs <= freshForMs && this.#isPod(stream)) samples.set(pod.podName, stat)
    }
    return samples
  }

  /** Pods of the revision known to be ready by their own word. */
  readyPods(key: string): PodChange[] {
    return [...(this.#revisions.get(key)?.values() ?? [])]
      .filter((stream) => stream.announced)
      .map((stream) => change(stream, true))
  }

  #isOurs(key: string, grpc: GrpcStream): boolean {
    const owner = this.#host.ownerOf(key)
    if (owner.kind === 'self') return true
    if (owner.kind === 'peer')
      grpc.send({ redirect: { address: owner.address, namespace: '', revision: '' } })
    else grpc.send({ pause: { retryAfterMs: retryUnknownOwnerMs } })
    grpc.end()
    return false
  }

  #onRequest(stream: PodStream, request: ReportRequest): void {
    if (request.stat) {
      stream.stat = request.stat
      stream.statAtMs = this.#clock.monotonic()
    }
    if (request.readiness) {
      stream.readiness = request.readiness
      this.#considerReadiness(stream)
    }
  }

  #considerReadiness(stream: PodStream): void {
    if (!stream.readiness) return
    const isPod = this.#isPod(stream)
    const believed = stream.readiness.ready && isPod
    if (believed === stream.announced) return
    if (!believed) {
      // A pod that comes back to say that it is not ready was announced by an earlier stream.
      if (stream.announced || isPod) this.#announceGone(stream)
      return
    }
    stream.announced = true
    this.#announce(stream.key, change(stream, true))
    this.#admit(stream)
  }

  #isPod({ key, pod, grpc }: PodStream): boolean {
    return this.#host.isPodOf(key, { podName: pod.podName, podUid: pod.podUid, ip: grpc.peerIp })
  }

  #announceGone(stream: PodStream): void {
    stream.announced = false
    this.#announce(stream.key, change(stream, false))
  }

  /** Gives a ready pod a place in the sample, or asks it to come back later. */
  #admit(stream: PodStream): void {
    if (stream.reportingSinceMs !== undefined) return
    const nowMs = this.#clock.monotonic()
    const reporting = [...(this.#revisions.get(stream.key)?.values() ?? [])].filter(
      (sibling) => sibling.reportingSinceMs !== undefined,
    )
    const population = Math.max(1, this.#host.podCount(stream.key))
    const wanted = sampleSize(population)
    if (reporting.length >= wanted) {
      const longest = reporting.reduce((a, b) => (a.reportingSinceMs! <= b.reportingSinceMs! ? a : b))
      if (nowMs - longest.reportingSinceMs! < turnMs) {
        this.#sendAway(stream, population / wanted)
        return
      }
      this.#sendAway(longest, population / wanted)
    }
    stream.reportingSinceMs = nowMs
    stream.grpc.send({ reportIntervalMs })
  }

  /** The more pods share a place, the longer each stays away, so that returns per revision stay few. */
  #sendAway(stream: PodStream, podsPerPlace: number): void {
    const retryAfterMs = Math.round(firstPauseMs * podsPerPlace * (1 + this.#random() / 2))
    stream.grpc.send({ pause: { retryAfterMs } })
    stream.grpc.end()
    this.#forget(stream)
  }

  #remove(stream: PodStream): void {
    if (!this.#forget(stream)) return
    if (stream.announced && !this.#isPod(stream)) this.#announceGone(stream)
  }

  #forget(stream: PodStream): boolean {
    const siblings = this.#revisions.get(stream.key)
    if (siblings?.get(idOf(stream)) !== stream) return false
    siblings.delete(idOf(stream))
    if (siblings.size === 0) this.#revisions.delete(stream.key)
    return true
  }
}

/** Anyone can say that they are a pod; only one at the same address takes the place of an earlier stream. */
function idOf({ pod, grpc }: PodStream): string {
  return `${grpc.peerIp} ${pod.podName}`
}

function change({ pod, grpc, readiness }: PodStream, ready: boolean): PodChange {
  return {
    namespace: pod.namespace,
    revision: pod.revision,
    podName: pod.podName,
    ip: grpc.peerIp,
    port: readiness?.port ?? 0,
    ready,
  }
}
