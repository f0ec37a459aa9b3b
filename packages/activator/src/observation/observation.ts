import type { Clock } from '@knative-ts/clock'
import {
  compileGoTemplate,
  followLogLevel,
  type LoggingConfig,
  type ObservabilityConfig,
} from '@knative-ts/config'
import { metricsTlsSettings } from '@knative-ts/http-proxy/metrics-tls'
import { type LevelSwitch, type Logger, MetricsServer } from '@knative-ts/observability'
import type { Registry } from 'prom-client'
import type { RequestObserver } from '../request/request-handler.ts'
import type { ServedRevision } from '../revisions/served-revision.ts'
import { ActivatorMetrics } from './activator-metrics.ts'
import { type MetricsEndpoint, metricsEndpoint } from './metrics-endpoint.ts'
import { requestLog } from './request-log.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** The ConfigMaps that say what is observed. */
export interface ObservationConfigs {
  snapshot(): { readonly logging: LoggingConfig; readonly observability: ObservabilityConfig }
  onChange(listener: (changed: string) => void): () => void
}

export interface ObservationOptions {
  readonly configs: ObservationConfigs
  /** Level of the process's logger, kept at what config-logging says. */
  readonly level: LevelSwitch
  readonly logger: Logger
  readonly clock: Clock
  /** Receives the lines of the request log. */
  readonly write: (line: string) => void
  /** Serves metrics in another way than by a listener of our own. */
  readonly serve?: (registry: Registry, endpoint: MetricsEndpoint) => Promise<void>
}

/**
 * What of the activator's work is written down: log level and request log follow their ConfigMaps, metrics
 * are decided on at start. What is switched off costs a request nothing.
 */
export class Observation {
  readonly #options: ObservationOptions
  #metrics: ActivatorMetrics | undefined
  #server: MetricsServer | undefined
  #observers: readonly RequestObserver[] = []

  constructor(options: ObservationOptions) {
    this.#options = options
    const { configs, level, logger } = options
    followLogLevel(configs, level, 'activator', logger)
    this.#follow()
    configs.onChange(() => this.#follow())
  }

  /** Those that want to see user requests now. */
  get observers(): readonly RequestObserver[] {
    return this.#observers
  }

  /** Undefined while metrics are off. */
  get metrics(): ActivatorMetrics | undefined {
    return this.#metrics
  }

  /** Loads the metrics client and serves metrics, if config-observability asks for Prometheus. */
  async serveMetrics(
    revisions: () => Iterable<ServedRevision>,
    listenAddress: string,
    env: Variables,
  ): Promise<void> {
    const { protocol, endpoint } = this.#options.configs.snapshot().observability.metrics
    if (protocol !== 'prometheus') return
    const client = await import('prom-client')
    this.#metrics = new ActivatorMetrics({ client, clock: this.#options.clock, revisions })
    await this.#serve(this.#metrics.registry, metricsEndpoint(endpoint, listenAddress, env), env)
    this.#follow()
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  async #serve(registry: Registry, endpoint: MetricsEndpoint, env: Variables): Promise<void> {
    const { serve } = this.#options
    if (serve) {
      await serve(registry, endpoint)
      return
    }
    this.#server = new MetricsServer(registry, metricsTlsSettings(env))
    await this.#server.listen(endpoint.host, endpoint.port)
  }

  #follow(): void {
    const { clock, configs, write } = this.#options
    const { observability } = configs.snapshot()
    const observers: RequestObserver[] = []
    if (this.#metrics) observers.push(this.#metrics.observe)
    if (observability.enableRequestLog) {
      const render = compileGoTemplate(observability.requestLogTemplate)
      observers.push(requestLog({ render, clock, write }))
    }
    this.#observers = observers
  }
}
