import type { TlsOptions } from 'node:tls'
import { backendHTTP2Port, backendHTTPPort, backendHTTPSPort } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { type Exchange, ProxyServer, Upstreams } from '@knative-ts/http-proxy'
import type { InformerFactory } from '@knative-ts/kube'
import { type Logger, terminatingText } from '@knative-ts/observability'
import { ActivatorStatsClient, type PodChange, type RevisionLoad } from '@knative-ts/stats'
import { hostPort } from './backends/host-port.ts'
import type { MeshMode } from './backends/pod-health.ts'
import type { Environment } from './environment.ts'
import { RequestHandler, type RequestObserver } from './request/request-handler.ts'
import { RevisionDirectory } from './revisions/revision-directory.ts'
import type { ServedRevision, ServingOptions } from './revisions/served-revision.ts'
import { ConcurrencyReporter } from './stats/concurrency-reporter.ts'
import { QueueBudget, type QueueLimits } from './throttle/queue-budget.ts'
import { reporterName, soleWorker, type WorkerShare } from './workers/worker-share.ts'

/** How long live traffic is still accepted after SIGTERM, so that everybody has heard that we leave. */
export const drainQuietMs = 45_000

/** Ports to listen on; 0 means any free one. */
export interface ActivatorPorts {
  readonly http1: number
  readonly h2c: number
  readonly https: number
}

export const standardPorts: ActivatorPorts = {
  http1: backendHTTPPort,
  h2c: backendHTTP2Port,
  https: backendHTTPSPort,
}

export interface ActivatorOptions {
  readonly environment: Environment
  readonly clock: Clock
  readonly logger: Logger
  readonly informers: InformerFactory
  readonly meshMode: MeshMode
  readonly podAddressability: boolean
  /** How much may wait for pods; asked for each request that has to. */
  readonly queueLimits: () => QueueLimits
  /** TLS towards pods; undefined for cleartext. */
  readonly podTLS?: ServingOptions['podTLS']
  /** Certificate and limits of the TLS listener; without it there is none. */
  readonly serverTLS?: TlsOptions
  readonly ports?: ActivatorPorts
  /** Which of several processes that share the ports this is; the only one if not given. */
  readonly worker?: WorkerShare
  /** Why other workers keep this activator from getting traffic. */
  readonly workersUnhealthy?: () => string | undefined
  readonly drainQuietMs?: number
  /** Uniform in [0, 1). */
  readonly random?: () => number
  /** Those that want to see user requests now. */
  readonly observers?: () => readonly RequestObserver[]
  /** Sees the load of each reporting period. */
  readonly onLoads?: (loads: readonly RevisionLoad[]) => void
  /** Hears of each response that had to wait for a pod from zero, `ms` after the request's arrival. */
  readonly onColdStart?: (revision: ServedRevision, ms: number) => void
  readonly onStatsConnection?: (connected: boolean) => void
  readonly onStatsError?: (error: Error) => void
  /** A listener failed; by custom the process then drains and exits. */
  readonly onListenerError?: (error: Error) => void
}

/** The activator: holds requests for revisions without capacity and sends them on as soon as there is some. */
export class Activator {
  readonly #options: ActivatorOptions
  readonly #directory: RevisionDirectory
  readonly #upstreams: Upstreams
  readonly #stats: ActivatorStatsClient
  readonly #reporter: ConcurrencyReporter
  readonly #http1: ProxyServer
  readonly #h2c: ProxyServer
  readonly #https: ProxyServer | undefined
  #terminating = false

  constructor(options: ActivatorOptions) {
    const { environment, clock, random = Math.random, worker = soleWorker } = options
    this.#options = options
    this.#upstreams = new Upstreams({
      clock,
      maxIdle: environment.maxIdleProxyConns,
      maxIdlePerDestination: environment.maxIdleProxyConnsPerHost,
    })
    this.#directory = new RevisionDirectory({
      informers: options.informers,
      podIP: environment.podIP,
      worker,
      clock,
      random,
      upstreams: this.#upstreams,
      queueBudget: new QueueBudget(options.queueLimits),
      probeTimeoutMs: environment.probeTimeoutMs,
      probeFrequencyMs: environment.probeFrequencyMs,
      meshMode: options.meshMode,
      podAddressability: options.podAddressability,
      podTLS: options.podTLS,
    })
    this.#stats = new ActivatorStatsClient({
      address: environment.statsAddress,
      podName: reporterName(environment.podName, worker),
      clock,
      onPods: (changes) => this.#onPods(changes),
      onConnectedChange: (connected) => this.#onConnectedChange(connected),
      onError: (error) => this.#onStatsError(error),
    })
    this.#reporter = new ConcurrencyReporter({
      clock,
      send: (loads) => this.#stats.report(loads),
      onPeriod: options.onLoads,
    })
    const handler = new RequestHandler({
      clock,
      clusterDomain: environment.clusterDomain,
      health: () => this.unhealthy(),
      findRevision: (name) => this.#directory.find(name),
      load: this.#reporter,
      observers: options.observers ?? (() => []),
      onFault: this.#onFault,
      onColdStart: options.onColdStart ?? (() => {}),
    })
    const serve = (tls?: TlsOptions) =>
      new ProxyServer({
        handler: (exchange) => this.#handle(handler, exchange),
        onError: (error) => this.#onListenerError(error),
        ...(tls ? { tls } : {}),
      })
    this.#http1 = serve()
    this.#h2c = serve()
    this.#https = options.serverTLS ? serve(options.serverTLS) : undefined
  }

  /** Why the activator should get no traffic; undefined when it may. */
  unhealthy(): string | undefined {
    if (this.#terminating) return terminatingText
    if (!this.#stats.connected) return 'connection has not yet been established'
    return this.#options.workersUnhealthy?.()
  }

  /** All revisions, for metrics. */
  get revisions(): RevisionDirectory {
    return this.#directory
  }

  /** Ports listened on; to be read after `start`. */
  get ports(): ActivatorPorts {
    return { http1: this.#http1.port, h2c: this.#h2c.port, https: this.#https?.port ?? 0 }
  }

  /**
   * Waits for the caches, which the caller starts, then listens.
   * @throws when a port can't be had
   */
  async start(): Promise<void> {
    const { informers, environment, ports = standardPorts } = this.#options
    this.#stats.start()
    this.#reporter.start()
    await informers.synced()
    await Promise.all([
      this.#http1.listen(ports.http1, environment.listenAddress),
      this.#h2c.listen(ports.h2c, environment.listenAddress),
      this.#https?.listen(ports.https, environment.listenAddress),
    ])
  }

  /** Uses a new certificate for connections to come. */
  setCertificate(options: TlsOptions): void {
    this.#https?.setSecureContext(options)
  }

  /**
   * Leaves in good order: fails its readiness probe at once but goes on serving while everybody learns of
   * it, then stops accepting and waits, however long it takes, for requests in flight.
   */
  async drain(): Promise<void> {
    this.#terminating = true
    await this.#options.clock.sleep(this.#options.drainQuietMs ?? drainQuietMs)
    await Promise.all([this.#http1.close(), this.#h2c.close(), this.#https?.close()])
    this.#reporter.close()
    this.#stats.close()
    this.#directory.close()
    this.#upstreams.stop()
  }

  /** A fault in our own code costs one request, not the process. */
  #handle(handler: RequestHandler, exchange: Exchange): void {
    try {
      handler.handle(exchange)
    } catch (error) {
      this.#onFault(exchange, error)
    }
  }

  readonly #onFault = (exchange: Exchange, error: unknown) => {
    this.#options.logger.error('a request failed for a reason of our own', { error })
    if (exchange.started) exchange.abort()
    else exchange.answer(500, [])
  }

  #onPods(changes: readonly PodChange[]): void {
    for (const { namespace, revision, ip, port, ready } of changes) {
      this.#directory.podChanged({ namespace, name: revision }, hostPort(ip, port), ready)
    }
  }

  #onConnectedChange(connected: boolean): void {
    this.#options.logger.info(connected ? 'connected to the autoscaler' : 'lost the autoscaler')
    this.#options.onStatsConnection?.(connected)
  }

  #onStatsError(error: Error): void {
    this.#options.logger.warn('cannot report to the autoscaler; trying again', { error })
    this.#options.onStatsError?.(error)
  }

  #onListenerError(error: Error): void {
    this.#options.logger.error('a listener failed', { error })
    this.#options.onListenerError?.(error)
  }
}
