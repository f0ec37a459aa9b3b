import type { Clock } from '@knative-ts/clock'
import type { LeaderElectionConfig } from '@knative-ts/config'
import type { KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { BucketLeadership, bucketNames, Controller, type KeyReconciler } from '@knative-ts/reconciler'

export interface LedControllerOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  namespace: string
  identity: string
  times: LeaderElectionConfig
  /** Name of the work queue, which its Lease bears. */
  queue: string
  /** The one key that the reconciler works on. */
  key: string
  reconciler: KeyReconciler
}

/** A controller of a single object, on which only the holder of its Lease works. */
export class LedController {
  readonly #controller: Controller
  readonly #leadership: BucketLeadership
  readonly #key: string

  constructor(options: LedControllerOptions) {
    const { queue, key, times, reconciler, ...common } = options
    const logger = common.logger.child({}, queue)
    this.#key = key
    this.#leadership = new BucketLeadership({
      ...common,
      logger,
      buckets: bucketNames(times.leasePrefixes[`webhook.${queue}`] ?? `webhook.${queue}`, 1),
      times,
      onPromote: () => this.trigger(),
    })
    this.#controller = new Controller({
      name: queue,
      reconciler,
      clock: common.clock,
      logger,
      leadership: this.#leadership,
      workers: 1,
    })
  }

  /** Something that the object depends on has changed. */
  readonly trigger = (): void => this.#controller.enqueueKey(this.#key)

  /** Competes and works until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#leadership.run(signal), this.#controller.run(signal)])
  }
}
