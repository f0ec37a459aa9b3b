import { systemClock } from '@knative-ts/clock'
import { checkMinimumVersion, HttpKubeClient, loadKubeConnection, resolverDomain } from '@knative-ts/kube'
import {
  HealthServer,
  jsonLogger,
  type LevelSwitch,
  onTermination,
  probeChecks,
  registerQueueMetrics,
  servePrometheus,
} from '@knative-ts/observability'
import { ProfilingServer } from '@knative-ts/observability/profiling'
import { makeConfigurationController } from './configuration/controller.ts'
import { ControllerProcess } from './controller-process.ts'
import type { ControllerFactory } from './dependencies.ts'
import { readEnv } from './env.ts'
import { makeGcController } from './gc/controller.ts'
import { makeLabelerController } from './labeler/controller.ts'
import { makeRevisionController } from './revision/controller.ts'
import { makeRouteController } from './route/controller.ts'
import { makeServerlessServiceController } from './serverless-service/controller.ts'
import { makeServiceController } from './service/controller.ts'

/** Every reconciler of this process. */
const factories: readonly ControllerFactory[] = [
  makeConfigurationController,
  makeGcController,
  makeLabelerController,
  makeRevisionController,
  makeRouteController,
  makeServerlessServiceController,
  makeServiceController,
]

const level: LevelSwitch = { level: 'info' }
const logger = jsonLogger({ name: 'controller', level })
const signal = onTermination()

try {
  await main()
  process.exit(0)
} catch (error) {
  logger.error('The controller cannot run', { error })
  process.exit(1)
}

async function main(): Promise<void> {
  const env = readEnv(process.env, process.argv.slice(2))
  let serving = false
  // Until then there is nothing to put away, and what is waited for may never come.
  signal.addEventListener('abort', () => {
    if (!serving) process.exit(0)
  })
  await new HealthServer({
    host: env.listenAddress,
    port: env.probesPort,
    checks: probeChecks(signal, () => serving),
  }).listen()

  const client = new HttpKubeClient(loadKubeConnection(process.env), 'controller')
  await checkMinimumVersion(client, process.env)
  const controllers = new ControllerProcess({
    client,
    clock: systemClock,
    logger: logger.child({ 'knative.dev/pod': env.podName }),
    level,
    env,
    processEnv: process.env,
    clusterDomain: resolverDomain(process.env),
    factories,
  })
  await controllers.configure()

  await new ProfilingServer(() => controllers.config.snapshot().observability.runtime.profiling).listen(
    env.listenAddress,
    env.profilingPort,
  )
  const { protocol, endpoint } = controllers.config.snapshot().observability.metrics
  if (protocol === 'prometheus') {
    await servePrometheus(env.listenAddress, endpoint, (registry) =>
      registerQueueMetrics(registry, () => controllers.controllers),
    )
  }

  await controllers.run(signal, () => {
    serving = true
    logger.info('The controller is serving')
  })
  await client.close()
}
