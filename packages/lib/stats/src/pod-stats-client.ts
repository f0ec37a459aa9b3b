import type { Clock, Timer } from '@knative-ts/clock'
import { Backoff } from './backoff.ts'
import type { Stat } from './gen/metrics.ts'
import type { Readiness, ReportResponse } from './gen/stats.ts'
import { maxRedirects, parseAddress, ReportStream } from './report-stream.ts'

export interface PodStatsClientOptions {
  /** `host:port` of the autoscaler's `grpc-stats` port. */
  address: string
  namespace: string
  revision: string
  podName: string
  /** By it the autoscaler knows the pod before the API knows its IP; may be empty. */
  podUid: string
  /** The stat of the last whole reporting period; asked for as often as the autoscaler wants to hear it. */
  sample: () => Stat
  clock: Clock
  /** Local IP to dial from, which must be the pod's. */
  localAddress?: string
  /** Told of every lost connection; the client reconnects by itself. */
  onError?: (error: Error) => void
  /** In [0, 1); spreads reconnects. */
  random?: () => number
}

/**
 * A queue-proxy's side of the stats stream: keeps one stream to the autoscaler that owns the revision,
 * reports at the rate it is asked to, says at once when the user container becomes ready, and stays away
 * while the autoscaler does not need it.
 */
export class PodStatsClient {
  readonly #options: PodStatsClientOptions
  readonly #backoff: Backoff
  #stream: ReportStream | undefined
  #retry: Timer | undefined
  #reporting: Timer | undefined
  #redirects = 0
  #readiness: Readiness | undefined
  #closed = false

  /** @throws StatsError `STATS_BAD_ADDRESS` */
  constructor(options: PodStatsClientOptions) {
    parseAddress(options.address)
    this.#options = options
    this.#backoff = new Backoff(options.random)
  }

  /** Opens the stream; call once, after the process listens. */
  start(): void {
    this.#connect(this.#options.address)
  }

  /**
   * Tells the autoscaler that the user container answers its probe.
   * @param port where this queue-proxy takes the revision's requests
   */
  markReady(port: number): void {
    this.#setReadiness({ ready: true, port })
  }

  /** Tells the autoscaler that the user container no longer answers its probe, or that the pod drains. */
  markNotReady(): void {
    // By address and port activators know whom to leave alone.
    this.#setReadiness({ ready: false, port: this.#readiness?.port ?? 0 })
  }

  /** Ends the stream and every timer. */
  close(): void {
    this.#closed = true
    this.#drop()
  }

  #setReadiness(readiness: Readiness): void {
    if (this.#closed || (this.#readiness?.ready ?? false) === readiness.ready) return
    this.#readiness = readiness
    if (this.#stream) this.#stream.send({ readiness })
    else if (this.#retry) this.#connect(this.#options.address)
  }

  #connect(address: string): void {
    parseAddress(address)
    this.#drop()
    const { namespace, revision, podName, podUid, clock, localAddress } = this.#options
    const stream = new ReportStream({
      address,
      clock,
      ...(localAddress === undefined ? {} : { localAddress }),
      onOpen: () => {},
      onResponse: (response) => this.#onResponse(response),
      onClose: (error) => this.#onClose(error),
    })
    this.#stream = stream
    stream.send({ queueProxy: { namespace, revision, podName, podUid }, readiness: this.#readiness })
  }

  #onResponse(response: ReportResponse): void {
    if (response.redirect && ++this.#redirects <= maxRedirects) {
      this.#connect(response.redirect.address)
      return
    }
    if (response.redirect) {
      this.#onClose()
      return
    }
    this.#backoff.reset()
    this.#redirects = 0
    if (response.pause) this.#later(response.pause.retryAfterMs)
    else if (response.reportIntervalMs > 0) this.#reportEvery(response.reportIntervalMs)
  }

  #reportEvery(intervalMs: number): void {
    this.#reporting?.cancel()
    const report = () => this.#stream?.send({ stat: this.#options.sample() })
    report()
    this.#reporting = this.#options.clock.every(intervalMs, report)
  }

  #onClose(error?: Error): void {
    this.#redirects = 0
    if (error) this.#options.onError?.(error)
    this.#later(this.#backoff.next())
  }

  #later(ms: number): void {
    this.#drop()
    if (this.#closed) return
    this.#retry = this.#options.clock.after(ms, () => this.#connect(this.#options.address))
  }

  #drop(): void {
    this.#retry?.cancel()
    this.#reporting?.cancel()
    this.#retry = undefined
    this.#reporting = undefined
    this.#stream?.close()
    this.#stream = undefined
  }
}
