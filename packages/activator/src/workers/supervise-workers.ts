import cluster, { type Worker } from 'node:cluster'
import type { Clock } from '@knative-ts/clock'
import { metricsTlsSettings } from '@knative-ts/http-proxy/metrics-tls'
import { type Logger, MetricsServer } from '@knative-ts/observability'
import type { WorkerMessage } from './messages.ts'
import { Supervisor } from './supervisor.ts'
import { workerVariable } from './worker-link.ts'

/**
 * Runs `count` copies of this program as workers that share its listeners: connections are accepted here and dealt out in turn,
 * since a gateway has few and keeps them. Resolves to the exit code once all have ended.
 * @param termination aborts when the activator is to leave
 * @throws when metrics are wanted and their port can't be had
 */
export async function superviseWorkers(
  count: number,
  clock: Clock,
  logger: Logger,
  termination: AbortSignal,
): Promise<number> {
  cluster.schedulingPolicy = cluster.SCHED_RR
  let metrics: Promise<MetricsServer> | undefined
  const unmeasured = Promise.withResolvers<never>()
  const supervisor = new Supervisor({
    count,
    clock,
    logger,
    fork: (index) => {
      const worker = cluster.fork({ [workerVariable]: String(index) })
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind !== 'metrics') supervisor.told(index, message)
        else if (!metrics) {
          metrics = serveMetrics(message.host, message.port)
          metrics.then(() => logger.info('serving the metrics of all workers'), unmeasured.reject)
        }
      })
      worker.on('exit', (code, signal) => supervisor.exited(index, code, signal))
      worker.on('error', (error) => logger.warn('cannot reach a worker', { worker: index, error }))
      return { send: (message) => sendTo(worker, message) }
    },
  })
  supervisor.start()
  termination.addEventListener('abort', () => supervisor.drain())
  const code = await Promise.race([supervisor.ended, unmeasured.promise])
  await (await metrics)?.close()
  return code
}

function sendTo(worker: Worker, message: object): void {
  if (worker.isConnected()) worker.send(message)
}

/** Serves the metrics of all workers together. */
async function serveMetrics(host: string, port: number): Promise<MetricsServer> {
  const { AggregatorRegistry } = await import('prom-client')
  const registry = new AggregatorRegistry()
  const server = new MetricsServer(
    { contentType: registry.contentType, metrics: () => registry.clusterMetrics() },
    metricsTlsSettings(process.env),
  )
  await server.listen(host, port)
  return server
}
