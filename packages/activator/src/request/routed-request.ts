import { coldStartHeaderName } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import {
  answerError,
  type Exchange,
  type ForwardOutcome,
  forward,
  type RawHeaders,
} from '@knative-ts/http-proxy'
import type { ServedRevision } from '../revisions/served-revision.ts'
import type { PodTracker } from '../throttle/pod-tracker.ts'
import type { Refusal, Waiter } from '../throttle/wait-queue.ts'
import { answerRefusal } from './answer-refusal.ts'
import { heldBytes } from './held-bytes.ts'
import { outgoingRequest } from './outgoing-request.ts'

/**
 * Pods tried for one request: when the first can't be reached at all (it died and Endpoints doesn't know
 * yet), another may.
 */
const maxAttempts = 2

/** What a request needs on its way. */
export interface Routing {
  readonly clock: Clock
  /** Hears of what went wrong in our own code while a request was sent. */
  readonly onFault: (exchange: Exchange, error: unknown) => void
  /** Hears of each response that had to wait for a pod from zero, `ms` after the request's arrival. */
  readonly onColdStart: (revision: ServedRevision, ms: number) => void
}

/** A request on its way to a pod: gets one now or waits for it, is sent, tries another if that one is dead. */
export class RoutedRequest implements Waiter {
  readonly #exchange: Exchange
  readonly #revision: ServedRevision
  readonly #routing: Routing
  #attempts = 0
  /** Arrival, if there was no pod then; monotonic. */
  #coldSinceMs: number | undefined

  constructor(exchange: Exchange, revision: ServedRevision, routing: Routing) {
    this.#exchange = exchange
    this.#revision = revision
    this.#routing = routing
  }

  /** Sends the request to a pod, now or when there is one with room. */
  route(): void {
    const { throttler, startFailure } = this.#revision
    const pod = throttler.reserve()
    if (pod) {
      this.granted(pod)
      return
    }
    if (startFailure) {
      this.refused('cannot-start')
      return
    }
    if (throttler.assignedPods.length === 0) this.#coldSinceMs ??= this.#routing.clock.monotonic()
    const place = throttler.wait(this, heldBytes(this.#exchange))
    if (place) this.#exchange.onEnd(() => throttler.leave(place))
  }

  granted(pod: PodTracker): void {
    this.#send(pod).catch((error: unknown) => this.#routing.onFault(this.#exchange, error))
  }

  refused(refusal: Refusal): void {
    answerRefusal(this.#exchange, refusal, this.#revision.startFailure)
  }

  async #send(pod: PodTracker): Promise<void> {
    const { throttler } = this.#revision
    this.#attempts++
    let failure: Failure | undefined
    try {
      failure = await this.#forwarded(pod)
    } finally {
      throttler.release(pod)
    }
    if (!failure) return
    const another = this.#attempts < maxAttempts && throttler.assignedPods.length > 0
    if (another && isUnreached(failure)) this.route()
    else answerError(this.#exchange, 502, failure.error.message)
  }

  /** Sends the request to `pod`, and says why that failed unless the client has its answer or has left. */
  async #forwarded(pod: PodTracker): Promise<Failure | undefined> {
    const exchange = this.#exchange
    const revision = this.#revision
    const watched = this.#coldSinceMs !== undefined || pod.ramp !== undefined
    const changes = outgoingRequest(exchange, revision.meshHost)
    const outcome = await forward(
      exchange,
      revision.destinationOf(pod.dest),
      watched ? { ...changes, onHead: this.#headWatch(pod) } : changes,
    )
    if (outcome.kind === 'failed' || outcome.kind === 'broken') revision.throttler.overwhelmed(pod)
    if (outcome.kind !== 'failed') return undefined
    if (isUnreached(outcome)) revision.podChanged(pod.dest, false)
    return outcome
  }

  /** Called when the response begins: the pod has shown how fast it is, and a cold start is over. */
  #headWatch(pod: PodTracker): (status: number) => RawHeaders | undefined {
    const { clock, onColdStart } = this.#routing
    const sentMs = clock.monotonic()
    return (status) => {
      const nowMs = clock.monotonic()
      if (status >= 502 && status <= 504) this.#revision.throttler.overwhelmed(pod)
      else this.#revision.throttler.answered(pod, nowMs - sentMs)
      if (this.#coldSinceMs === undefined) return undefined
      const coldMs = nowMs - this.#coldSinceMs
      onColdStart(this.#revision, coldMs)
      return [coldStartHeaderName, String(Math.round(coldMs))]
    }
  }
}

type Failure = Extract<ForwardOutcome, { kind: 'failed' }>

/** Whether no connection was made, so that neither pod nor client has noticed anything. */
function isUnreached({ error, sent }: Failure): boolean {
  return !sent && error.code === 'UPSTREAM_UNREACHABLE'
}
