import { horizontalPodAutoscalers, hpaClass, podAutoscalers, serverlessServices } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { ConfigStore, followLogLevel } from '@knative-ts/config'
import { ApiEventRecorder, InformerFactory, type KubeClient } from '@knative-ts/kube'
import type { LevelSwitch, Logger } from '@knative-ts/observability'
import {
  alwaysLeader,
  BucketLeadership,
  bucketNames,
  type Controller,
  processIdentity,
} from '@knative-ts/reconciler'
import { isOfClass, podAutoscalerController } from '@knative-ts/reconciler/pod-autoscaler'
import { configSources } from './config-sources.ts'
import type { HpaEnv } from './env.ts'
import { HpaReconciler } from './hpa-reconciler.ts'

export interface HpaAutoscalerOptions {
  readonly client: KubeClient
  readonly clock: Clock
  readonly logger: Logger
  readonly level: LevelSwitch
  readonly env: HpaEnv
  /** Where ConfigMap names come from. */
  readonly processEnv: Readonly<Record<string, string | undefined>>
}

/** Key of this process in `config-logging`, and its name in logs. */
export const component = 'hpaautoscaler'
/** Upstream's, so that during a migration only one of the two works. */
const leasePrefix = `${component}.knative.dev.serving.pkg.reconciler.autoscaling.hpa.reconciler`

/** Everything that runs in the process, put together. */
export class HpaAutoscaler {
  readonly #options: HpaAutoscalerOptions
  readonly #informers: InformerFactory
  readonly #stopInformers = new AbortController()
  readonly config: ConfigStore<ReturnType<typeof configSources>>
  #controllers: readonly Controller[] = []

  constructor(options: HpaAutoscalerOptions) {
    this.#options = options
    this.#informers = new InformerFactory(options)
    this.config = new ConfigStore({
      informers: this.#informers,
      namespace: options.env.systemNamespace,
      sources: configSources(options.processEnv),
      logger: options.logger,
    })
  }

  /** The controllers, once `run` has made them. */
  get controllers(): readonly Controller[] {
    return this.#controllers
  }

  /**
   * Reads the ConfigMaps.
   * @throws ConfigMissingError or ConfigInvalidError
   */
  async configure(): Promise<void> {
    this.#informers.start(this.#stopInformers.signal)
    await this.config.start()
    const { level, logger } = this.#options
    followLogLevel(this.config, level, component, logger)
  }

  /**
   * Works until `signal` aborts; then ends what is being worked on, hands over the Leases and writes the last
   * events. Call after `configure`.
   * @param onServing called when the caches are filled and the work begins
   */
  async run(signal: AbortSignal, onServing: () => void): Promise<void> {
    const { client, clock, logger, env } = this.#options
    const informers = this.#informers
    const events = new ApiEventRecorder({ client, clock, logger, component: 'podautoscaler-controller' })
    const election = env.electsLeaders ? this.#election(() => resync()) : undefined
    const controller = podAutoscalerController({
      class: hpaClass,
      client,
      informers,
      clock,
      logger,
      events,
      leadership: election ?? alwaysLeader,
      owned: [horizontalPodAutoscalers, serverlessServices],
      defaults: () => this.config.snapshot().autoscaler,
      workers: env.workers,
      kind: new HpaReconciler({
        client,
        autoscalers: informers.informer(horizontalPodAutoscalers).lister,
        serverlessServices: informers.informer(serverlessServices).lister,
        config: () => this.config.snapshot().autoscaler,
      }),
    })
    this.#controllers = [controller]
    const { lister } = informers.informer(podAutoscalers)
    const resync = () => controller.globalResync(lister.list().filter((pa) => isOfClass(pa, hpaClass)))
    this.config.onChange((changed) => {
      if (changed === 'autoscaler') resync()
    })
    const stopElection = new AbortController()
    try {
      await informers.synced()
      if (signal.aborted) return
      const competing = election?.run(stopElection.signal)
      onServing()
      await controller.run(signal)
      stopElection.abort()
      await competing
      await events.flush()
    } finally {
      this.#stopInformers.abort()
    }
  }

  #election(onPromote: () => void): BucketLeadership {
    const { client, clock, logger, env } = this.#options
    const { leaderElection } = this.config.snapshot()
    const prefix = leaderElection.leasePrefixes[leasePrefix] || leasePrefix
    return new BucketLeadership({
      client,
      clock,
      logger,
      namespace: env.systemNamespace,
      buckets: bucketNames(prefix, leaderElection.buckets),
      ...processIdentity(env.podName || undefined),
      times: leaderElection,
      onPromote: (bucket) => {
        logger.info('Became the leader of a bucket', { lease: bucket })
        onPromote()
      },
    })
  }
}
