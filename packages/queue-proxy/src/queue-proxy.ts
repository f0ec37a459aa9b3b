import type { Clock } from '@knative-ts/clock'
import {
  Breaker,
  ConcurrencyStats,
  type Destination,
  type Exchange,
  ProxyServer,
  Upstreams,
} from '@knative-ts/http-proxy'
import type { Logger } from '@knative-ts/observability'
import type { Stat } from '@knative-ts/stats'
import { adminEndpoint } from './admin-endpoint.ts'
import { CertificateFiles } from './certificate-files.ts'
import { Drainer } from './drainer.ts'
import type { Environment } from './environment.ts'
import type { ProbeTry } from './readiness/probe-try.ts'
import { ReadinessProber } from './readiness/readiness-prober.ts'
import type { ReadinessPort } from './reporting/readiness-port.ts'
import { StatSampler } from './reporting/stat-sampler.ts'
import { statsEndpoint } from './reporting/stats-endpoint.ts'
import { ProbeGate } from './request/probe-gate.ts'
import type { RequestObserver } from './request/request-observer.ts'
import { RequestPipeline } from './request/request-pipeline.ts'

/** How long no request may come before the user container is stopped, milliseconds. */
const quietMs = 30_000
/** How long upgraded connections may go on after everything else has ended, milliseconds. */
const lingerMs = 60_000
/** Requests that may wait, per one that may run. */
const queueDepthPerSlot = 10
/** Idle connections to a user container without a limit on concurrency. */
const idleConnections = 1000
const userContainerHost = '127.0.0.1'

/** Ports other than those in the environment. */
export interface FixedPorts {
  readonly admin: number
  readonly stats: number
}

/** What a `QueueProxy` works with. */
export interface QueueProxyOptions {
  readonly environment: Environment
  readonly ports: FixedPorts
  /** Where Kubernetes mounts the serving certificate, if there is one. */
  readonly certificateFolder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly tryProbe: ProbeTry
  /** Receives why the user container is not ready. */
  readonly onProbeFailure: (text: string) => void
  /** A listener broke; the process can't go on. */
  readonly onListenerError: (error: Error) => void
}

/** The sidecar: takes a revision's requests, and passes them to the user container within its limits. */
export class QueueProxy {
  readonly #options: QueueProxyOptions
  readonly #terminating = new AbortController()
  readonly #stats: ConcurrencyStats
  readonly #sampler: StatSampler
  readonly #drainer: Drainer
  readonly #breaker: Breaker | undefined
  readonly #upstreams: Upstreams
  readonly #userContainer: Destination
  readonly #prober: ReadinessProber
  readonly #certificates: CertificateFiles
  readonly #observers: RequestObserver[] = []
  readonly #meters: RequestObserver[] = []
  readonly #servers: ProxyServer[] = []
  readonly #pipeline: RequestPipeline
  #readiness: ReadinessPort | undefined
  readonly #patienceMs: number
  #ready = false
  #failingSinceMs: number | undefined

  constructor(options: QueueProxyOptions) {
    const { environment, clock } = options
    this.#options = options
    this.#stats = new ConcurrencyStats(clock.monotonic())
    this.#sampler = new StatSampler(environment.pod, this.#stats, clock)
    this.#drainer = new Drainer(clock, quietMs)
    const { containerConcurrency } = environment
    this.#breaker = breakerFor(containerConcurrency)
    const maxIdle = containerConcurrency > 0 ? containerConcurrency : idleConnections
    this.#upstreams = new Upstreams({ clock, maxIdle, maxIdlePerDestination: maxIdle })
    this.#userContainer = this.#upstreams.to(userContainerHost, environment.userPort)
    this.#prober = new ReadinessProber({
      probes: environment.probes,
      tryProbe: options.tryProbe,
      clock,
      onFailure: options.onProbeFailure,
    })
    this.#patienceMs = Math.min(...environment.probes.map(({ patienceMs }) => patienceMs))
    this.#certificates = new CertificateFiles(options.certificateFolder, clock)
    this.#pipeline = new RequestPipeline({
      clock,
      probeGate: new ProbeGate(this.#drainer, () => this.#checkReady()),
      drainer: this.#drainer,
      timeLimits: {
        requestMs: environment.requestTimeoutMs,
        responseStartMs: environment.responseStartTimeoutMs,
        idleMs: environment.idleTimeoutMs,
        text: 'request timeout',
      },
      stats: this.#stats,
      breaker: this.#breaker,
      userContainer: this.#userContainer,
      observers: this.#observers,
      meters: this.#meters,
    })
  }

  /** Of the last whole second. */
  get latestStat(): Stat {
    return this.#sampler.latest
  }

  /** Requests admitted or waiting; undefined without a limit on concurrency. */
  get queueDepth(): (() => number) | undefined {
    const breaker = this.#breaker
    return breaker ? () => breaker.inFlight : undefined
  }

  /** Where requests are taken, after `start`. */
  get servingPort(): number {
    return this.#servers[0]!.port
  }

  /** Where the other listeners are, after `start`. */
  get adminPort(): number {
    return this.#servers[1]!.port
  }

  get statsPort(): number {
    return this.#servers[2]!.port
  }

  /** Undefined without a certificate. */
  get tlsPort(): number | undefined {
    return this.#servers[3]?.port
  }

  /** Adds a watcher of all requests to come, from their arrival. */
  observe(observer: RequestObserver): void {
    this.#observers.push(observer)
  }

  /** Adds a watcher of those that get to the user container, from when they are passed on. */
  measure(meter: RequestObserver): void {
    this.#meters.push(meter)
  }

  /** Opens all listeners. */
  async start(): Promise<void> {
    const { environment, ports, clock } = this.#options
    await this.#listen(environment.servingPort, this.#pipeline.handle)
    await this.#listen(ports.admin, adminEndpoint(this.#drainer, clock, this.#terminating.signal))
    await this.#listen(
      ports.stats,
      statsEndpoint(() => this.#sampler.latest),
    )
    await this.#startTls()
    this.#sampler.start()
  }

  /** Tells `readiness` whether the user container is ready, now and at each change, so that nobody has to ask. */
  announceReadiness(readiness: ReadinessPort): void {
    this.#readiness = readiness
    if (this.#ready) readiness.markReady(this.#options.environment.servingPort)
  }

  /** Probes the user container until it is ready. */
  awaitReadiness(): void {
    this.#prober.untilReady(this.#terminating.signal).then((ready) => this.#noteReady(ready))
  }

  /** Lets traffic move away, then ends what is left: see the contract's drain. Resolves when the process may exit. */
  async shutDown(): Promise<void> {
    this.#terminating.abort()
    this.#noteReady(false)
    await this.#drainer.drain()
    const linger = { ms: lingerMs, clock: this.#options.clock }
    await Promise.all(this.#servers.map((server) => server.close(linger)))
    this.#stop()
  }

  /** Breaks everything off at once. */
  async abort(): Promise<void> {
    this.#terminating.abort()
    for (const server of this.#servers) server.destroy()
    await Promise.all(this.#servers.map((server) => server.close()))
    this.#stop()
  }

  #stop(): void {
    this.#drainer.reset()
    this.#sampler.stop()
    this.#readiness?.close()
    this.#certificates.stop()
    this.#userContainer.close()
    this.#upstreams.stop()
  }

  async #checkReady(): Promise<boolean> {
    const ready = await this.#prober.check()
    if (ready) this.#notePassed()
    else this.#noteFailed()
    return ready
  }

  #notePassed(): void {
    this.#failingSinceMs = undefined
    this.#noteReady(true)
  }

  /** Activators are told when Kubernetes would be, not of a single failure; see `ProbeSpec.patienceMs`. */
  #noteFailed(): void {
    const nowMs = this.#options.clock.monotonic()
    this.#failingSinceMs ??= nowMs
    if (nowMs - this.#failingSinceMs >= this.#patienceMs) this.#noteReady(false)
  }

  #noteReady(ready: boolean): void {
    const now = ready && !this.#terminating.signal.aborted
    if (now === this.#ready) return
    this.#ready = now
    if (now) this.#readiness?.markReady(this.#options.environment.servingPort)
    else this.#readiness?.markNotReady()
  }

  readonly #onHandlerError = (error: unknown) => {
    this.#options.logger.error('A request could not be served.', { error })
  }

  async #listen(port: number, handler: (exchange: Exchange) => void): Promise<void> {
    const server = new ProxyServer({
      handler,
      onHandlerError: this.#onHandlerError,
      onError: this.#options.onListenerError,
    })
    await server.listen(port, this.#options.environment.listenAddress)
    this.#servers.push(server)
  }

  /** Only if a certificate is mounted by now; the cleartext ports stay open beside it. */
  async #startTls(): Promise<void> {
    const { environment, logger, onListenerError } = this.#options
    const certificate = await this.#certificates.readChanged()
    if (!certificate) return
    logger.info(reloadedText)
    const server = new ProxyServer({
      handler: this.#pipeline.handle,
      onHandlerError: this.#onHandlerError,
      tls: { ...environment.tls, ...certificate },
      onError: onListenerError,
    })
    await server.listen(environment.tlsPort, environment.listenAddress)
    this.#servers.push(server)
    this.#certificates.watch(
      (renewed) => {
        server.setSecureContext({ ...environment.tls, ...renewed })
        logger.info(reloadedText)
      },
      (error) => logger.error('Failed to reload the certificate; the one before stays in use.', { error }),
    )
  }
}

/** Tests of Knative count this line. */
const reloadedText = 'Certificate and/or key have changed on disk and were reloaded.'

function breakerFor(containerConcurrency: number): Breaker | undefined {
  if (containerConcurrency === 0) return undefined
  return new Breaker({
    queueDepth: queueDepthPerSlot * containerConcurrency,
    maxConcurrency: containerConcurrency,
    initialCapacity: containerConcurrency,
  })
}
