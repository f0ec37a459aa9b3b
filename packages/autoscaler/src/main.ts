import { systemClock } from '@knative-ts/clock'
import { awaitMinimumVersion, HttpKubeClient, loadKubeConnection, resolverDomain } from '@knative-ts/kube'
import { jsonLogger, type LevelSwitch, onTermination, servePrometheus } from '@knative-ts/observability'
import { ProfilingServer } from '@knative-ts/observability/profiling'
import { Autoscaler } from './autoscaler.ts'
import { readEnv } from './env.ts'
import { prometheusTelemetry, type Telemetry } from './telemetry.ts'

const shutdownBudgetMs = 5000

const level: LevelSwitch = { level: 'info' }
const logger = jsonLogger({ name: 'autoscaler', level })
const signal = onTermination()

try {
  const env = readEnv(process.env)
  const client = new HttpKubeClient(loadKubeConnection(process.env), 'autoscaler')
  await awaitMinimumVersion(client, process.env, systemClock, signal)
  const autoscaler = new Autoscaler({
    client,
    clock: systemClock,
    logger: logger.child({ 'knative.dev/pod': env.podName }),
    level,
    env,
    processEnv: process.env,
    clusterDomain: resolverDomain(process.env),
  })
  await autoscaler.configure(signal)

  const { observability } = autoscaler.config.snapshot()
  await new ProfilingServer(() => autoscaler.config.snapshot().observability.runtime.profiling).listen(
    env.listenAddress,
    env.profilingPort,
  )
  const { protocol, endpoint } = observability.metrics
  let telemetry: Telemetry | undefined
  if (protocol === 'prometheus') {
    await servePrometheus(env.listenAddress, endpoint, async (registry) => {
      telemetry = await prometheusTelemetry(registry)
    })
  }

  signal.addEventListener('abort', () => {
    systemClock.after(shutdownBudgetMs, () => process.exit(0))
  })
  await autoscaler.run(signal, telemetry, () => logger.info('Autoscaler is serving'))
  process.exit(0)
} catch (error) {
  logger.error('Autoscaler cannot run', { error })
  process.exit(1)
}
