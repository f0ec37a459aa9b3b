import type { Clock } from '@knative-ts/clock'
import {
  ConfigStore,
  parseLoggingConfig,
  parseNetworkConfig,
  parseObservabilityConfig,
} from '@knative-ts/config'
import {
  awaitMinimumVersion,
  HttpKubeClient,
  InformerFactory,
  loadKubeConnection,
  resolverDomain,
} from '@knative-ts/kube'
import type { LevelSwitch, Logger } from '@knative-ts/observability'
import { ProfilingServer } from '@knative-ts/observability/profiling'
import { Activator } from './activator.ts'
import { readEnvironment } from './environment.ts'
import { Observation } from './observation/observation.ts'
import { internalTLS } from './tls/internal-tls.ts'
import type { WorkerLink } from './workers/worker-link.ts'
import { limitsOfWorker, profilingPortOf, soleWorker } from './workers/worker-share.ts'

/** What a process runs with. */
export interface ActivatorProcess {
  readonly clock: Clock
  readonly logger: Logger
  /** The logger's, set by config-logging. */
  readonly level: LevelSwitch
  /** Aborts when the process is to leave in good order. */
  readonly termination: AbortSignal
  /** Undefined for a process by itself. */
  readonly link: WorkerLink | undefined
}

/**
 * Runs an activator with all it needs of a cluster, and resolves when it has drained.
 * @throws what keeps it from starting
 */
export async function runActivator({
  clock,
  logger,
  level,
  termination,
  link,
}: ActivatorProcess): Promise<void> {
  const worker = link?.share ?? soleWorker
  const environment = readEnvironment(process.env, resolverDomain(process.env))
  const leaveUnserved = () => process.exit(0)
  termination.addEventListener('abort', leaveUnserved)
  const stopped = new AbortController()
  const client = new HttpKubeClient(loadKubeConnection(process.env), 'activator')
  await awaitMinimumVersion(client, process.env, clock)

  const informers = new InformerFactory({ client, clock, logger })
  const namespace = environment.systemNamespace
  const configs = new ConfigStore({
    informers,
    namespace,
    sources: {
      network: { name: 'config-network', parse: parseNetworkConfig },
      logging: { name: environment.loggingConfigName, parse: parseLoggingConfig },
      observability: { name: environment.observabilityConfigName, parse: parseObservabilityConfig },
    },
    logger,
  })
  informers.start(stopped.signal)
  await configs.start()

  const { network } = configs.snapshot()
  const observation = new Observation({
    configs,
    level,
    logger,
    clock,
    write: (line) => process.stdout.write(line),
    ...(link && { serve: (registry, endpoint) => link.serveMetrics(registry, endpoint) }),
  })
  const leaving = Promise.withResolvers<void>()
  const activator: Activator = new Activator({
    environment,
    clock,
    logger,
    informers,
    meshMode: network.meshCompatibilityMode,
    podAddressability: network.enableMeshPodAddressability,
    queueLimits: () => limitsOfWorker(configs.snapshot().network.activatorQueue, worker),
    worker,
    ...(link && { workersUnhealthy: link.unhealthy }),
    ...(network.systemInternalTLS &&
      (await internalTLS({
        informers,
        namespace,
        logger,
        env: process.env,
        onCertificate: (certificate) => activator.setCertificate(certificate),
      }))),
    observers: () => observation.observers,
    onColdStart: (revision, ms) => observation.metrics?.onColdStart(revision, ms),
    onLoads: (loads) => observation.metrics?.onLoads(loads),
    onStatsConnection: (connected) => {
      observation.metrics?.onStatsConnection(connected)
      link?.connected(connected)
    },
    onStatsError: () => observation.metrics?.onStatsError(),
    onListenerError: () => leaving.resolve(),
  })
  await observation.serveMetrics(() => activator.revisions.all(), environment.listenAddress, process.env)
  const profiling = new ProfilingServer(() => configs.snapshot().observability.runtime.profiling)
  await profiling.listen(environment.listenAddress, profilingPortOf(environment.profilingPort, worker))
  await activator.start()
  link?.listening()
  logger.info('the activator is listening', { ...activator.ports })

  termination.removeEventListener('abort', leaveUnserved)
  termination.addEventListener('abort', () => leaving.resolve())
  await leaving.promise
  logger.info('draining')
  await activator.drain()
  stopped.abort()
  await Promise.all([profiling.close(), observation.close(), client.close()])
}
