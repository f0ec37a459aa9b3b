import { systemClock } from '@knative-ts/clock'
import { checkMinimumVersion, HttpKubeClient, loadKubeConnection } from '@knative-ts/kube'
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
import { readEnv } from './env.ts'
import { component, HpaAutoscaler } from './hpa-autoscaler.ts'

const level: LevelSwitch = { level: 'info' }
const logger = jsonLogger({ name: component, level })
const signal = onTermination()

try {
  await main()
  process.exit(0)
} catch (error) {
  logger.error('The HPA autoscaler cannot run', { error })
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

  const client = new HttpKubeClient(loadKubeConnection(process.env), 'autoscaler-hpa')
  await checkMinimumVersion(client, process.env)
  const autoscaler = new HpaAutoscaler({
    client,
    clock: systemClock,
    logger: env.podName ? logger.child({ 'knative.dev/pod': env.podName }) : logger,
    level,
    env,
    processEnv: process.env,
  })
  await autoscaler.configure()

  const { observability } = autoscaler.config.snapshot()
  await new ProfilingServer(() => autoscaler.config.snapshot().observability.runtime.profiling).listen(
    env.listenAddress,
    env.profilingPort,
  )
  const { protocol, endpoint } = observability.metrics
  if (protocol === 'prometheus') {
    await servePrometheus(env.listenAddress, endpoint, (registry) =>
      registerQueueMetrics(registry, () => autoscaler.controllers),
    )
  }

  await autoscaler.run(signal, () => {
    serving = true
    logger.info('The HPA autoscaler is serving')
  })
  await client.close()
}
