import { metrics, serverlessServices, serviceHostname } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { ConfigStore, followLogLevel } from '@knative-ts/config'
import { ApiEventRecorder, InformerFactory, type KubeClient } from '@knative-ts/kube'
import type { LevelSwitch, Logger } from '@knative-ts/observability'
import { BucketLeadership, bucketNames, type Controller } from '@knative-ts/reconciler'
import type { Stat } from '@knative-ts/stats'
import { grpcStatsPort, type RevisionOwner, StatsServer } from '@knative-ts/stats/server'
import { configSources } from './config-sources.ts'
import type { AutoscalerEnv } from './env.ts'
import { ActivatorProbes, type ProbeActivator } from './kpa/activator-probes.ts'
import { hasKpa, kpaController, kpaKeys } from './kpa/kpa-controller.ts'
import { KpaReconciler } from './kpa/kpa-reconciler.ts'
import { ScaleTargets } from './kpa/scale-target.ts'
import { Collector } from './metrics/collector.ts'
import { metricController } from './metrics/metric-controller.ts'
import { MetricReconciler } from './metrics/metric-reconciler.ts'
import { RevisionScraper } from './metrics/revision-scraper.ts'
import { HttpStatSource, type StatSource } from './metrics/stat-client.ts'
import { RevisionPods } from './revision-pods.ts'
import { BucketOwners, holderIdentity } from './routing/bucket-owners.ts'
import { publishBucket } from './routing/bucket-service.ts'
import { StatForwarder } from './routing/stat-forwarder.ts'
import { StatListener, statsWebSocketPort } from './routing/stat-listener.ts'
import { StatRouter } from './routing/stat-router.ts'
import { Deciders } from './scaling/deciders.ts'
import type { Telemetry } from './telemetry.ts'

const bucketPrefix = 'autoscaler-bucket'
const publishRetryMs = 1000

export interface AutoscalerPorts {
  readonly stats: number
  readonly webSocket: number
}

export interface AutoscalerOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  level: LevelSwitch
  env: AutoscalerEnv
  /** Where ConfigMap names come from. */
  processEnv: Readonly<Record<string, string | undefined>>
  clusterDomain: string
  /** Ports to listen on; 0 means any free one. */
  ports?: AutoscalerPorts
  source?: StatSource
  probe?: ProbeActivator
  random?: () => number
}

/** Everything that runs in the autoscaler process, put together. */
export class Autoscaler {
  readonly #options: AutoscalerOptions
  readonly #informers: InformerFactory
  readonly #pods: RevisionPods
  readonly config: ConfigStore<ReturnType<typeof configSources>>
  #telemetry: Telemetry | undefined

  constructor(options: AutoscalerOptions) {
    const { client, clock, logger, env, processEnv } = options
    this.#options = options
    this.#informers = new InformerFactory({ client, clock, logger })
    this.#pods = new RevisionPods(this.#informers)
    this.config = new ConfigStore({
      informers: this.#informers,
      namespace: env.systemNamespace,
      sources: configSources(processEnv),
      logger,
    })
  }

  /**
   * Reads the configuration; resolves when it is known.
   * @throws ConfigMissingError or ConfigInvalidError
   */
  async configure(signal: AbortSignal): Promise<void> {
    this.#informers.start(signal)
    await this.config.start()
    const { level, logger } = this.#options
    followLogLevel(this.config, level, 'autoscaler', logger)
  }

  /** Works until `signal` aborts; resolves when all is put away. Call after `configure`. */
  async run(
    signal: AbortSignal,
    telemetry?: Telemetry,
    onServing?: (ports: AutoscalerPorts) => void,
  ): Promise<void> {
    this.#telemetry = telemetry
    const { client, clock, logger, env, clusterDomain } = this.#options
    const snapshot = this.config.snapshot()
    const leadership = this.#leadership(snapshot.leaderElection, {
      onPromote: () => {
        for (const key of kpaKeys(this.#informers, isLed)) kpa.enqueueKey(key)
        for (const metric of this.#informers.informer(metrics).lister.list()) metricsWork.enqueue(metric)
      },
      onDemote: () => {
        deciders.retain(isLed)
        collector.retain(isLed)
        server.ownersChanged()
      },
    })
    const isLed = (key: string) => leadership.isLeaderFor(key)
    const buckets = bucketNames(bucketPrefix, snapshot.leaderElection.buckets, '-')
    const owners = new BucketOwners(
      this.#informers,
      env.systemNamespace,
      buckets,
      env.podIp,
      leadership,
      (bucket, ip) => {
        server.ownersChanged()
        if (ip === env.podIp) void this.#publish(bucket, signal)
      },
    )

    const collector = new Collector({
      clock,
      onErrorChange: (key) => metricsWork.enqueueKey(key),
      onScraped: (key, seconds) => this.#telemetry?.scraped(key, seconds),
    })
    const deciders = new Deciders({
      clock,
      logger,
      averages: (key, metric) => collector.averages(key, metric),
      readyPods: (key) => this.#pods.readyCount(key),
      onChange: (key) => kpa.enqueueKey(key),
      onDecision: (key, decider, averages) => this.#telemetry?.decided(key, decider, averages),
    })
    // The first report of a revision may come before its Metric and PodAutoscaler were looked at.
    const isBeingSetUp = (key: string) =>
      !(collector.has(key) && deciders.has(key)) && hasKpa(this.#informers, key)
    const accept = (key: string, timeSeconds: number, stat: Stat) => {
      collector.record(key, timeSeconds, stat)
      deciders.poke(key, stat)
    }
    const forwarder = new StatForwarder({
      clock,
      hostOf: (service) => serviceHostname(service, env.systemNamespace, clusterDomain),
    })
    const router = new StatRouter({
      clock,
      logger,
      ownerOf: (key) => {
        const owner = owners.ownerOf(key)
        return owner.kind === 'self' && isBeingSetUp(key) ? { kind: 'unknown' } : owner
      },
      accept,
      forward: (to, namespace, revision, stat) => forwarder.forward(to, namespace, revision, stat),
    })
    let ports = this.#options.ports ?? { stats: grpcStatsPort, webSocket: statsWebSocketPort }
    const server = new StatsServer(
      {
        ownerOf: (key): RevisionOwner => {
          const owner = owners.ownerOf(key)
          return owner.kind === 'peer'
            ? { kind: 'peer', address: statsAddress(owner.ip, ports.stats) }
            : owner
        },
        isPodOf: (key, reporter) => this.#pods.includes(key, reporter),
        podCount: (key) => this.#pods.count(key),
        onLoad: (namespace, revision, stat) => router.route(namespace, revision, stat),
      },
      clock,
      this.#options.random,
    )
    const listener = new StatListener({
      clock,
      logger,
      onStat: (namespace, revision, stat) => router.route(namespace, revision, stat),
      isHeldHere: (bucket) => owners.isHeldHere(bucket),
    })

    const events = new ApiEventRecorder({ client, clock, logger, component: 'podautoscaler-controller' })
    const probes = new ActivatorProbes({
      clock,
      clusterDomain,
      ...(this.#options.probe ? { probe: this.#options.probe } : {}),
      enqueueAfter: (pa, delayMs) => kpa.enqueueAfter(pa, delayMs),
    })
    const informers = this.#informers
    const shared = { client, informers, clock, logger, events, leadership }
    const kpa: Controller = kpaController({
      ...shared,
      defaults: () => this.config.snapshot().autoscaler,
      kind: new KpaReconciler({
        client,
        clock,
        serverlessServices: informers.informer(serverlessServices).lister,
        metrics: informers.informer(metrics).lister,
        pods: this.#pods,
        deciders,
        probes,
        targets: new ScaleTargets(client, informers),
        config: () => {
          const { autoscaler, deployment } = this.config.snapshot()
          return { autoscaler, progressDeadlineMs: deployment.progressDeadlineMs }
        },
        onScaled: (pa, want, counts) => this.#telemetry?.scaled(pa, want, counts),
        onDeleted: (key) => this.#telemetry?.forget(key),
      }),
    })
    const source = this.#options.source ?? new HttpStatSource(clock)
    const metricsWork = metricController({
      ...shared,
      kind: new MetricReconciler({
        collector,
        scraperFor: (key, scrapeTarget, stableWindowMs) =>
          new RevisionScraper({
            host: `${scrapeTarget}.${key.slice(0, key.indexOf('/'))}`,
            stableWindowMs,
            readyPods: () => this.#pods.ready(key),
            streamed: () => server.samples(key),
            source,
            mesh: {
              mode: snapshot.network.meshCompatibilityMode,
              podAddressability: snapshot.network.enableMeshPodAddressability,
            },
            clock,
            random: this.#options.random ?? Math.random,
          }),
      }),
    })
    this.#pods.onChange((key) => {
      server.podsChanged(key)
      kpa.enqueueKey(key)
    })
    this.config.onChange((changed) => {
      if (changed !== 'autoscaler' && changed !== 'deployment') return
      for (const key of kpaKeys(informers, isLed)) kpa.queue.addSlow(key)
    })

    await informers.synced()
    ports = {
      stats: await server.listen(env.listenAddress, ports.stats),
      webSocket: await listener.listen(env.listenAddress, ports.webSocket),
    }
    onServing?.(ports)
    const working = Promise.all([kpa.run(signal), metricsWork.run(signal), leadership.run(signal)])
    await aborted(signal)
    deciders.close()
    collector.close()
    probes.close()
    router.close()
    forwarder.close()
    await Promise.all([server.close(), listener.close(), working])
    await events.flush()
  }

  #leadership(
    election: { buckets: number; leaseDurationMs: number; renewDeadlineMs: number; retryPeriodMs: number },
    hooks: { onPromote: () => void; onDemote: () => void },
  ): BucketLeadership {
    const { client, clock, logger, env } = this.#options
    return new BucketLeadership({
      client,
      clock,
      logger,
      namespace: env.systemNamespace,
      buckets: bucketNames(bucketPrefix, election.buckets, '-'),
      identity: holderIdentity(env.podName, env.podIp),
      times: election,
      ...hooks,
    })
  }

  /** Makes the bucket's Service lead here, until that succeeds. */
  async #publish(bucket: string, signal: AbortSignal): Promise<void> {
    const { client, clock, logger, env } = this.#options
    while (!signal.aborted) {
      try {
        await publishBucket(client, env.systemNamespace, bucket, env.podIp)
        return
      } catch (error) {
        logger.error(`cannot publish the Service of ${bucket}; trying again`, { error })
        await clock.sleep(publishRetryMs, signal).catch(() => {})
      }
    }
  }
}

function statsAddress(ip: string, port: number): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
