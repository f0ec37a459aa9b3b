import type { Clock } from '@knative-ts/clock'
import { ConfigStore, followLogLevel } from '@knative-ts/config'
import { ApiEventRecorder, InformerFactory, type KubeClient } from '@knative-ts/kube'
import type { LevelSwitch, Logger } from '@knative-ts/observability'
import { type Controller, processIdentity } from '@knative-ts/reconciler'
import { configSources } from './config-sources.ts'
import type { ControllerFactory } from './dependencies.ts'
import { Elections } from './elections.ts'
import type { ControllerEnv } from './env.ts'

export interface ControllerProcessOptions {
  readonly client: KubeClient
  readonly clock: Clock
  readonly logger: Logger
  readonly level: LevelSwitch
  readonly env: ControllerEnv
  readonly processEnv: Readonly<Record<string, string | undefined>>
  readonly clusterDomain: string
  readonly factories: readonly ControllerFactory[]
}

/** Key of this process in `config-logging`. */
const component = 'controller'

/** Runs a set of reconcilers over shared informers, configuration and elections. */
export class ControllerProcess {
  readonly #options: ControllerProcessOptions
  readonly #informers: InformerFactory
  readonly #stopInformers = new AbortController()
  readonly #recorders = new Map<string, ApiEventRecorder>()
  readonly config: ConfigStore<ReturnType<typeof configSources>>
  #controllers: readonly Controller[] = []

  constructor(options: ControllerProcessOptions) {
    this.#options = options
    this.#informers = new InformerFactory(options)
    this.config = new ConfigStore({
      informers: this.#informers,
      namespace: options.env.systemNamespace,
      sources: configSources(options.processEnv, options.clusterDomain),
      logger: options.logger,
    })
  }

  /** The reconcilers, once `run` has made them. */
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
   * Reconciles until `signal` aborts; then ends what is being worked on, hands over the Leases and writes
   * the last events.
   * @param onServing called when the caches are filled and the work begins
   */
  async run(signal: AbortSignal, onServing: () => void): Promise<void> {
    const elections = this.#elections()
    this.#controllers = this.#options.factories.map((make) => make(this.#dependencies(elections)))
    const stopElections = new AbortController()
    try {
      await untilAborted(this.#informers.synced(), signal)
      if (signal.aborted) return
      const competing = elections.run(stopElections.signal)
      onServing()
      await Promise.all(this.#controllers.map((controller) => controller.run(signal)))
      stopElections.abort()
      await competing
      await Promise.all([...this.#recorders.values()].map((recorder) => recorder.flush()))
    } finally {
      this.#stopInformers.abort()
    }
  }

  #elections(): Elections {
    const { client, clock, logger, env } = this.#options
    return new Elections({
      client,
      clock,
      logger,
      namespace: env.systemNamespace,
      ...processIdentity(env.podName || undefined),
      config: this.config.snapshot().leaderElection,
    })
  }

  #dependencies(elections: Elections): Parameters<ControllerFactory>[0] {
    const { client, clock, logger, env, processEnv, clusterDomain } = this.#options
    return {
      client,
      clock,
      logger,
      clusterDomain,
      informers: this.#informers,
      config: {
        snapshot: () => this.config.snapshot(),
        onChange: (listener) =>
          this.config.onChange((changed) => {
            if (changed !== 'leaderElection') listener(changed)
          }),
      },
      leadershipFor: (name, resync) => elections.enter(name, resync),
      eventsFor: (source) => this.#recorder(source),
      systemNamespace: env.systemNamespace,
      reconcileTimeoutMs: env.reconcileTimeoutMs,
      workers: env.workers,
      env: processEnv,
    }
  }

  #recorder(source: string): ApiEventRecorder {
    const { client, clock, logger } = this.#options
    const recorder =
      this.#recorders.get(source) ?? new ApiEventRecorder({ client, clock, logger, component: source })
    this.#recorders.set(source, recorder)
    return recorder
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>()
  const onAbort = (): void => aborted.resolve()
  if (signal.aborted) return
  signal.addEventListener('abort', onAbort, { once: true })
  await Promise.race([work, aborted.promise])
  signal.removeEventListener('abort', onAbort)
}
