import type { Clock } from '@knative-ts/clock'
import type { LeaderElectionConfig } from '@knative-ts/config'
import type { KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { BucketLeadership, bucketNames, type Leadership, type ProcessIdentity } from '@knative-ts/reconciler'

export interface ElectionsOptions extends ProcessIdentity {
  client: KubeClient
  clock: Clock
  logger: Logger
  namespace: string
  config: LeaderElectionConfig
}

/** The elections of this process: one set of buckets per reconciler, each with a Lease of its own. */
export class Elections {
  readonly #options: ElectionsOptions
  readonly #leaderships: BucketLeadership[] = []

  constructor(options: ElectionsOptions) {
    this.#options = options
  }

  /** Enters the named reconciler; `resync` is called whenever one of its buckets is won. */
  enter(reconciler: string, resync: () => void): Leadership {
    const { config, ...rest } = this.#options
    const prefix = leasePrefix(reconciler)
    const leadership = new BucketLeadership({
      ...rest,
      buckets: bucketNames(config.leasePrefixes[prefix] || prefix, config.buckets),
      times: config,
      onPromote: (bucket) => {
        rest.logger.info('Became the leader of a bucket', { lease: bucket })
        resync()
      },
    })
    this.#leaderships.push(leadership)
    return leadership
  }

  /** Competes until `signal` aborts, then releases every Lease held. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#leaderships.map((leadership) => leadership.run(signal)))
  }
}

/** Upstream's lease names, so that during a migration only one of the two controllers works. */
function leasePrefix(reconciler: string): string {
  return `controller.knative.dev.serving.pkg.reconciler.${reconciler}.reconciler`
}
