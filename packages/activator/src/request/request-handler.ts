import { goQuote, type NamespacedName } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { answerError, type Exchange, type ForwardOutcome, forward, limitTime } from '@knative-ts/http-proxy'
import type { HealthCheck } from '@knative-ts/observability'
import { revisionOf } from '../revisions/revision-of.ts'
import type { ServedRevision } from '../revisions/served-revision.ts'
import type { PodTracker } from '../throttle/pod-tracker.ts'
import { answerProbe } from './answer-probe.ts'
import { outgoingRequest } from './outgoing-request.ts'

/**
 * Pods tried for one request: when the first can't be reached at all (it died and Endpoints doesn't know
 * yet), another may.
 */
const maxAttempts = 2

/** Sees each user request of a known revision from its arrival; `exchange.onEnd` tells of its end. */
export type RequestObserver = (exchange: Exchange, revision: ServedRevision) => void

/** Counts the requests that each revision has here. */
export interface LoadMeter {
  arrive(key: string, revision: NamespacedName): void
  leave(key: string): void
}

export interface RequestHandlerOptions {
  readonly clock: Clock
  readonly clusterDomain: string
  readonly health: HealthCheck
  readonly findRevision: (revision: NamespacedName) => ServedRevision | undefined
  readonly load: LoadMeter
  /** Observers in force now, e.g. the request log. */
  readonly observers: () => readonly RequestObserver[]
}

/**
 * What happens to a request, in order: probes are answered here; the revision is looked up; the request is
 * counted, timed, given a pod (now, or when there is one) and forwarded.
 */
export class RequestHandler {
  readonly #options: RequestHandlerOptions

  constructor(options: RequestHandlerOptions) {
    this.#options = options
  }

  /** Serves one request; every way out ends the exchange. */
  handle(exchange: Exchange): void {
    if (answerProbe(exchange, this.#options.health)) return
    const name = revisionOf(exchange, this.#options.clusterDomain)
    const revision = this.#options.findRevision(name)
    if (!revision) {
      const reason = `revision.serving.knative.dev ${goQuote(name.name)} not found`
      answerError(exchange, 404, `Error getting active endpoint: ${reason}`)
      return
    }
    for (const observe of this.#options.observers()) observe(exchange, revision)
    this.#count(exchange, revision)
    limitTime(exchange, revision.timeLimits, this.#options.clock)
    this.#route(exchange, revision, 1)
  }

  /** Time in the queue counts as concurrency: it is what makes the autoscaler start pods. */
  #count(exchange: Exchange, revision: ServedRevision): void {
    const { load } = this.#options
    load.arrive(revision.key, revision)
    exchange.onEnd(() => load.leave(revision.key))
  }

  /** Sends the request to a pod, now or when there is one with room. */
  #route(exchange: Exchange, revision: ServedRevision, attempt: number): void {
    const { throttler } = revision
    const pod = throttler.reserve()
    if (pod) {
      void this.#send(exchange, revision, pod, attempt)
      return
    }
    const place = throttler.wait({
      granted: (granted) => void this.#send(exchange, revision, granted, attempt),
      refused: () => exchange.answer(500, []),
    })
    if (place) exchange.onEnd(() => throttler.leave(place))
  }

  async #send(exchange: Exchange, revision: ServedRevision, pod: PodTracker, attempt: number): Promise<void> {
    const { throttler } = revision
    const changes = outgoingRequest(exchange, revision.meshHost)
    const outcome = await forward(exchange, revision.destinationOf(pod.dest), changes)
    const unreached = outcome.kind === 'failed' && isUnreached(outcome)
    if (unreached) revision.podChanged(pod.dest, false)
    throttler.release(pod)
    if (outcome.kind !== 'failed') return
    const retry = unreached && attempt < maxAttempts && throttler.assignedPods.length > 0
    if (retry) this.#route(exchange, revision, attempt + 1)
    else answerError(exchange, 502, outcome.error.message)
  }
}

/** Whether no connection was made, so that neither pod nor client has noticed anything. */
function isUnreached({ error, sent }: Extract<ForwardOutcome, { kind: 'failed' }>): boolean {
  return !sent && error.code === 'UPSTREAM_UNREACHABLE'
}
