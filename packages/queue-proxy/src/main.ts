import { autoscalingQueueMetricsPort, queueAdminPort } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { jsonLogger, type LogLevel, logLevelFrom, onTermination } from '@knative-ts/observability'
import { readEnvironment } from './environment.ts'
import { QueueProxy } from './queue-proxy.ts'
import { probeTry } from './readiness/probe-try.ts'

const certificateFolder = '/var/lib/knative/certs'
/** By then the first requests are answered. */
const cacheFlushMs = 2000

const level: { level: LogLevel } = { level: 'info' }
const logger = jsonLogger({ name: 'queueproxy', level })

function fail(message: string, error: unknown): never {
  logger.error(message, { error })
  process.exit(1)
}

function environmentOrExit() {
  try {
    return readEnvironment(process.env)
  } catch (error) {
    return fail('Failed to read the environment.', error)
  }
}

const environment = environmentOrExit()
level.level = logLevelFrom(environment.loggingLevel, environment.loggingConfig) ?? 'info'
const terminated = onTermination()
/** Whoever watches this process asks these. */
const watched: { drain(): Promise<void> }[] = []
const leaveUnserved = () => process.exit(0)
terminated.addEventListener('abort', leaveUnserved)
const queueProxy = new QueueProxy({
  environment,
  ports: { admin: queueAdminPort, stats: autoscalingQueueMetricsPort },
  certificateFolder,
  clock: systemClock,
  logger,
  tryProbe: probeTry(systemClock, environment.http2AutoDetection),
  onProbeFailure: (text) => process.stderr.write(`${text}\n`),
  onListenerError: (error) => fail('A listener failed.', error),
})

function drainAndLeave(): void {
  logger.info('Received TERM signal; draining.')
  leaveInGoodOrder().then(
    () => process.exit(0),
    (error) => fail('Failed to shut down in good order.', error),
  )
}

async function leaveInGoodOrder(): Promise<void> {
  await queueProxy.shutDown()
  await Promise.all(watched.map((server) => server.drain()))
}

const { observability } = environment
try {
  if (observability.enableRequestLog && observability.requestLogTemplate !== '') {
    const { configuredRequestLog } = await import('./request/configured-request-log.ts')
    queueProxy.observe(configuredRequestLog(environment, systemClock))
  }
  if (observability.profilingPort !== undefined) {
    const { startProfiling } = await import('./reporting/start-profiling.ts')
    watched.push(await startProfiling(environment.listenAddress, observability.profilingPort))
  }
  await queueProxy.start()
  terminated.removeEventListener('abort', leaveUnserved)
  terminated.addEventListener('abort', drainAndLeave)
  queueProxy.awaitReadiness()
  // They take a quarter of the start to load, in which the user container may come up; no request can come before.
  if (observability.requestMetricsProtocol === 'prometheus') {
    const { startRequestMetrics } = await import('./reporting/start-request-metrics.ts')
    watched.push(await startRequestMetrics(environment, systemClock, queueProxy))
  }
} catch (error) {
  fail('Failed to start.', error)
}
logger.info('Queue-proxy is listening.', { revision: environment.revision, port: environment.servingPort })

const { connectToAutoscaler } = await import('./reporting/connect-to-autoscaler.ts')
queueProxy.announceReadiness(connectToAutoscaler(environment, queueProxy, systemClock, logger))

// Node would write its compile cache when it exits; written earlier, the next pod on this host starts from it.
systemClock.after(cacheFlushMs, async () => {
  const { flushCompileCache, getCompileCacheDir } = await import('node:module')
  if (getCompileCacheDir()) flushCompileCache()
})
