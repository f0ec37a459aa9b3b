import type { Clock, Timer } from '@knative-ts/clock'
import { Cluster, ClusterLoadAssignment } from './envoy/cluster.ts'
import { type DiscoveryRequest, DiscoveryResponse } from './envoy/discovery.ts'
import { Listener } from './envoy/listener.ts'
import { RouteConfiguration } from './envoy/route.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

/**
 * The order that keeps a gateway whole: a route is sent when the clusters it names were accepted. Endpoints
 * do not wait, since a gateway accepts a cluster with discovered endpoints only once it has them.
 */
const pushOrder: readonly { typeUrl: string; waits: boolean }[] = [
  { typeUrl: Cluster.typeUrl, waits: true },
  { typeUrl: ClusterLoadAssignment.typeUrl, waits: false },
  { typeUrl: Listener.typeUrl, waits: true },
  { typeUrl: RouteConfiguration.typeUrl, waits: true },
]

const firstRetryMs = 100
const lastRetryMs = 30_000

/** A gateway refused a version: it keeps serving the previous one. */
export interface Refusal {
  readonly nodeId: string
  readonly typeUrl: string
  readonly version: string
  /** The gateway's own words. */
  readonly message: string
}

export interface AdsStreamOptions {
  readonly cache: SnapshotCache
  readonly clock: Clock
  /** Writes an encoded DiscoveryResponse. */
  readonly send: (response: Uint8Array) => void
  readonly onRefusal: (refusal: Refusal) => void
  readonly onPush: (typeUrl: string, resources: number) => void
}

interface Subscription {
  /** Empty means everything. */
  names: ReadonlySet<string>
  namesChanged: boolean
  sentVersion: string | undefined
  sentNonce: string | undefined
  awaitsAnswer: boolean
  refusals: number
  refusedVersion: string | undefined
  retry: Timer | undefined
}

/**
 * One gateway's aggregated, state-of-the-world stream. At most one response per type is unanswered, so
 * publications that come faster than the gateway accepts them are merged into the latest one. A refused
 * version is offered again with growing pauses, because the reason may pass (a cluster whose DNS name was
 * still being resolved), until a newer one replaces it.
 */
export class AdsStream {
  readonly #options: AdsStreamOptions
  readonly #subscriptions = new Map<string, Subscription>()
  #nodeId: string | undefined
  #unwatch: (() => void) | undefined
  #nonce = 0
  #closed = false

  constructor(options: AdsStreamOptions) {
    this.#options = options
  }

  /** Takes one request. Those that answer anything but the latest response of their type are ignored. */
  receive(request: DiscoveryRequest): void {
    if (this.#closed) return
    if (this.#nodeId === undefined && request.node?.id) {
      this.#nodeId = request.node.id
      this.#unwatch = this.#options.cache.watch(this.#nodeId, () => this.#push())
    }
    const typeUrl = request.typeUrl ?? ''
    if (!pushOrder.some((type) => type.typeUrl === typeUrl)) return
    let subscription = this.#subscriptions.get(typeUrl)
    if (subscription) {
      if (request.responseNonce && request.responseNonce !== subscription.sentNonce) return
      if (request.responseNonce && subscription.awaitsAnswer) this.#settle(typeUrl, subscription, request)
    } else {
      subscription = newSubscription()
      this.#subscriptions.set(typeUrl, subscription)
    }
    const names = new Set(request.resourceNames)
    if (!sameNames(names, subscription.names)) {
      subscription.names = names
      subscription.namesChanged = true
    }
    this.#push()
  }

  /** Stops timers and watches; nothing is sent any more. */
  close(): void {
    this.#closed = true
    this.#unwatch?.()
    for (const subscription of this.#subscriptions.values()) subscription.retry?.cancel()
    this.#subscriptions.clear()
  }

  #settle(typeUrl: string, subscription: Subscription, request: DiscoveryRequest): void {
    subscription.awaitsAnswer = false
    if (!request.errorDetail) {
      subscription.refusals = 0
      return
    }
    const version = subscription.sentVersion ?? ''
    subscription.refusedVersion = version
    const pause = Math.min(lastRetryMs, firstRetryMs * 2 ** subscription.refusals++)
    subscription.retry?.cancel()
    subscription.retry = this.#options.clock.after(pause, () => {
      subscription.refusedVersion = undefined
      subscription.sentVersion = undefined
      this.#push()
    })
    this.#options.onRefusal({
      nodeId: this.#nodeId ?? '',
      typeUrl,
      version,
      message: request.errorDetail.message ?? '',
    })
  }

  #push(): void {
    let mustWait = false
    for (const { typeUrl, waits } of pushOrder) {
      const subscription = this.#subscriptions.get(typeUrl)
      if (!subscription || this.#closed) continue
      if (!(waits && mustWait) && this.#isDue(typeUrl, subscription)) this.#send(typeUrl, subscription)
      if (waits && subscription.awaitsAnswer) mustWait = true
    }
  }

  #isDue(typeUrl: string, subscription: Subscription): boolean {
    if (subscription.awaitsAnswer || this.#nodeId === undefined) return false
    const version = this.#options.cache.version(this.#nodeId, typeUrl)
    if (version === undefined || version === subscription.refusedVersion) return false
    return version !== subscription.sentVersion || subscription.namesChanged
  }

  #send(typeUrl: string, subscription: Subscription): void {
    const nodeId = this.#nodeId ?? ''
    const version = this.#options.cache.version(nodeId, typeUrl) ?? ''
    const everything = this.#options.cache.resources(nodeId, typeUrl)
    const wildcard = subscription.names.size === 0 || subscription.names.has('*')
    const resources = wildcard ? everything : everything.filter(({ name }) => subscription.names.has(name))
    const nonce = String(++this.#nonce)
    subscription.retry?.cancel()
    subscription.retry = undefined
    subscription.refusedVersion = undefined
    subscription.namesChanged = false
    subscription.sentVersion = version
    subscription.sentNonce = nonce
    subscription.awaitsAnswer = true
    this.#options.send(DiscoveryResponse.encode({ versionInfo: version, resources, typeUrl, nonce }))
    this.#options.onPush(typeUrl, resources.length)
  }
}

function sameNames(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false
  for (const name of a) if (!b.has(name)) return false
  return true
}

function newSubscription(): Subscription {
  return {
    names: new Set(),
    namesChanged: false,
    sentVersion: undefined,
    sentNonce: undefined,
    awaitsAnswer: false,
    refusals: 0,
    refusedVersion: undefined,
    retry: undefined,
  }
}
