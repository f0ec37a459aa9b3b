import { systemClock } from '@knative-ts/clock'
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
import { jsonLogger, type LevelSwitch, onTermination, ProfilingServer } from '@knative-ts/observability'
import { Activator } from './activator.ts'
import { readEnvironment } from './environment.ts'
import { Observation } from './observation/observation.ts'
import { internalTLS } from './tls/internal-tls.ts'

const clock = systemClock
const level: LevelSwitch = { level: 'info' }
const logger = jsonLogger({
  name: 'activator',
  level,
  fields: { 'knative.dev/pod': process.env['POD_NAME'] ?? '' },
})

async function main(): Promise<void> {
  const environment = readEnvironment(process.env, resolverDomain(process.env))
  const termination = onTermination()
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
  const observation = new Observation({ configs, level, clock, write: (line) => process.stdout.write(line) })
  const leaving = Promise.withResolvers<void>()
  const activator: Activator = new Activator({
    environment,
    clock,
    logger,
    informers,
    meshMode: network.meshCompatibilityMode,
    podAddressability: network.enableMeshPodAddressability,
    queueLimits: () => configs.snapshot().network.activatorQueue,
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
    onStatsConnection: (connected) => observation.metrics?.onStatsConnection(connected),
    onStatsError: () => observation.metrics?.onStatsError(),
    onListenerError: () => leaving.resolve(),
  })
  await observation.serveMetrics(() => activator.revisions.all(), environment.listenAddress, process.env)
  const profiling = new ProfilingServer(() => configs.snapshot().observability.runtime.profiling)
  await profiling.listen(environment.listenAddress, environment.profilingPort)
  await activator.start()
  logger.info('the activator is listening', { ...activator.ports })

  termination.removeEventListener('abort', leaveUnserved)
  termination.addEventListener('abort', () => leaving.resolve())
  await leaving.promise
  logger.info('draining')
  await activator.drain()
  stopped.abort()
  await Promise.all([profiling.close(), observation.close(), client.close()])
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    logger.error('the activator cannot run', { error })
    process.exit(1)
  },
)
