import { goQuote, type NamespacedName } from '@knative-ts/apis'
import { answerError, type Exchange, limitTime } from '@knative-ts/http-proxy'
import type { HealthCheck } from '@knative-ts/observability'
import { revisionOf } from '../revisions/revision-of.ts'
import type { ServedRevision } from '../revisions/served-revision.ts'
import { answerProbe } from './answer-probe.ts'
import { RoutedRequest, type Routing } from './routed-request.ts'

/** Sees each user request of a known revision from its arrival; `exchange.onEnd` tells of its end. */
export type RequestObserver = (exchange: Exchange, revision: ServedRevision) => void

/** Counts the requests that each revision has here. */
export interface LoadMeter {
  arrive(key: string, revision: NamespacedName): void
  leave(key: string): void
}

export interface RequestHandlerOptions extends Routing {
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
    new RoutedRequest(exchange, revision, this.#options).route()
  }

  /** Time in the queue counts as concurrency: it is what makes the autoscaler start pods. */
  #count(exchange: Exchange, revision: ServedRevision): void {
    const { load } = this.#options
    load.arrive(revision.key, revision)
    exchange.onEnd(() => load.leave(revision.key))
  }
}
