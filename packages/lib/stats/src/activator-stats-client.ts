import type { Clock, Timer } from '@knative-ts/clock'
import { Backoff } from './backoff.ts'
import { StatsError, statsErrorCodes } from './errors.ts'
import type { WireStatMessage } from './gen/metrics.ts'
import type { IdleRevision, PodChange, Redirect, ReportResponse } from './gen/stats.ts'
import { maxRedirects, parseAddress, ReportStream } from './report-stream.ts'

export interface ActivatorStatsClientOptions {
  /** `host:port` of the autoscaler Service's `grpc-stats` port. */
  address: string
  podName: string
  clock: Clock
  /** Pods that became ready or went away, of revisions reported with load. */
  onPods: (changes: readonly PodChange[]) => void
  /** Called with each change of `connected`. */
  onConnectedChange?: (connected: boolean) => void
  /** Told of every lost connection, and once per outage that loads are dropped; the client reconnects by itself. */
  onError?: (error: Error) => void
  /** Local IP to dial from. */
  localAddress?: string
  /** In [0, 1); spreads reconnects. */
  random?: () => number
}

/** A revision's stat as an activator reports it; the autoscaler fills in the time. */
export interface RevisionLoad {
  namespace: string
  revision: string
  averageConcurrentRequests: number
  requestCount: number
  /** Nothing of the revision is here any more, and nothing will be reported until its next request. */
  idle: boolean
}

/**
 * An activator's side of the stats stream: one home stream to the autoscaler Service, and one to each other
 * autoscaler that owns revisions this activator has seen. The last load of every revision that is not idle is
 * kept, so that whoever takes over hears of it at once.
 */
export class ActivatorStatsClient {
  readonly #options: ActivatorStatsClientOptions
  readonly #backoff: Backoff
  #home: ReportStream | undefined
  #connected = false
  /** Of this outage it has been said that loads are dropped. */
  #dropped = false
  #retry: Timer | undefined
  #closed = false
  readonly #owners = new Map<string, ReportStream>()
  readonly #ownerOf = new Map<string, string>()
  /** The last load of each revision, and how often it has been sent on. */
  readonly #followed = new Map<string, { readonly message: WireStatMessage; redirects: number }>()

  /** @throws StatsError `STATS_BAD_ADDRESS` */
  constructor(options: ActivatorStatsClientOptions) {
    parseAddress(options.address)
    this.#options = options
    this.#backoff = new Backoff(options.random)
  }

  /** Opens the home stream; call once. */
  start(): void {
    this.#connect()
  }

  /** Whether an autoscaler has accepted the home stream; the activator is only ready while it has. */
  get connected(): boolean {
    return this.#connected
  }

  /**
   * Sends loads at once: a first request's by itself, a second's worth together. News of a revision's pods is
   * wanted from its first report until it is reported idle. What finds no home stream is dropped.
   */
  report(loads: readonly RevisionLoad[]): void {
    const toHome: WireStatMessage[] = []
    const idleToHome: IdleRevision[] = []
    for (const load of loads) {
      const key = `${load.namespace}/${load.revision}`
      const message = this.#wire(load)
      const idle = load.idle ? [{ namespace: load.namespace, name: load.revision }] : []
      if (load.idle) this.#followed.delete(key)
      else this.#followed.set(key, { message, redirects: 0 })
      const owner = this.#owners.get(this.#ownerOf.get(key) ?? '')
      if (owner) owner.send({ revisionStats: [message], idle })
      else {
        toHome.push(message)
        idleToHome.push(...idle)
      }
    }
    if (toHome.length === 0) return
    if (this.#home) this.#home.send({ revisionStats: toHome, idle: idleToHome })
    else this.#sayDropped()
  }

  /** Ends every stream and timer. */
  close(): void {
    this.#closed = true
    this.#retry?.cancel()
    this.#home?.close()
    for (const owner of this.#owners.values()) owner.close()
    this.#owners.clear()
    this.#ownerOf.clear()
    this.#setConnected(false)
  }

  /** The last load of each revision is repeated to the next autoscaler, but a gap in their averages remains. */
  #sayDropped(): void {
    if (this.#dropped || this.#closed) return
    this.#dropped = true
    this.#options.onError?.(
      new StatsError(statsErrorCodes.dropped, 'loads are dropped while there is no stats stream'),
    )
  }

  #wire(load: RevisionLoad): WireStatMessage {
    return {
      namespace: load.namespace,
      name: load.revision,
      stat: {
        podName: this.#options.podName,
        averageConcurrentRequests: load.averageConcurrentRequests,
        averageProxiedConcurrentRequests: 0,
        requestCount: load.requestCount,
        proxiedRequestCount: 0,
        processUptime: 0,
        timestamp: 0,
      },
    }
  }

  #connect(): void {
    this.#retry = undefined
    const stream = this.#open(
      this.#options.address,
      () => {
        this.#backoff.reset()
        this.#dropped = false
        this.#setConnected(true)
      },
      () => {
        this.#home = undefined
        this.#setConnected(false)
        if (!this.#closed) {
          this.#retry = this.#options.clock.after(this.#backoff.next(), () => this.#connect())
        }
      },
    )
    this.#home = stream
    const homeless = [...this.#followed]
      .filter(([key]) => !this.#ownerOf.has(key))
      .map(([, { message }]) => message)
    if (homeless.length > 0) stream.send({ revisionStats: homeless })
  }

  #open(address: string, onOpen: () => void, onClose: () => void): ReportStream {
    const { clock, podName, localAddress } = this.#options
    const stream = new ReportStream({
      address,
      clock,
      ...(localAddress === undefined ? {} : { localAddress }),
      onOpen,
      onResponse: (response) => this.#onResponse(response),
      onClose: (error) => {
        if (error) this.#options.onError?.(error)
        onClose()
      },
    })
    stream.send({ activator: { podName } })
    return stream
  }

  #onResponse(response: ReportResponse): void {
    if (response.pods.length > 0) this.#options.onPods(response.pods)
    if (response.redirect) this.#moveTo(response.redirect)
  }

  #moveTo({ address, namespace, revision }: Redirect): void {
    const key = `${namespace}/${revision}`
    if (this.#ownerOf.get(key) === address) return
    let owner = this.#owners.get(address)
    if (!owner) {
      owner = this.#open(
        address,
        () => {},
        () => this.#forget(address),
      )
      this.#owners.set(address, owner)
    }
    this.#ownerOf.set(key, address)
    const last = this.#followed.get(key)
    if (!last || last.redirects === maxRedirects) return
    last.redirects++
    owner.send({ revisionStats: [last.message] })
  }

  /** The next report of these revisions goes home again and is redirected to whoever owns them by then. */
  #forget(address: string): void {
    this.#owners.delete(address)
    for (const [key, owner] of this.#ownerOf) if (owner === address) this.#ownerOf.delete(key)
  }

  #setConnected(connected: boolean): void {
    if (this.#connected === connected) return
    this.#connected = connected
    this.#options.onConnectedChange?.(connected)
  }
}
