import { configMaps } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { configMapNames, parseObservabilityConfig } from '@knative-ts/config'
import {
  ApiEventRecorder,
  HttpKubeClient,
  isNotFound,
  loadKubeConnection,
  resolverDomain,
} from '@knative-ts/kube'
import { jsonLogger, type LevelSwitch, listenAddressFrom, onTermination } from '@knative-ts/observability'
import { component, startKourier } from './kourier.ts'
import { noMetrics, prometheusMetrics } from './metrics.ts'

const xdsPort = 18_000
const metricsPort = 9090

const env = process.env
const signal = onTermination()
const level: LevelSwitch = { level: 'info' }
const logger = jsonLogger({ name: component, level })
const client = new HttpKubeClient(loadKubeConnection(env), component)
const systemNamespace = env['SYSTEM_NAMESPACE'] || 'knative-serving'
const listenAddress = listenAddressFrom(env)

async function configData(name: string): Promise<Record<string, string>> {
  try {
    return (await client.get(configMaps, systemNamespace, name)).data ?? {}
  } catch (error) {
    if (isNotFound(error)) return {}
    throw error
  }
}

try {
  const observability = parseObservabilityConfig(await configData(configMapNames(env).observability))
  const prometheus = observability.metrics.protocol === 'prometheus' ? await prometheusMetrics() : undefined
  await prometheus?.server.listen(listenAddress, metricsPort)
  const events = new ApiEventRecorder({ client, clock: systemClock, logger, component: 'ingress-controller' })
  const kourier = await startKourier(
    {
      client,
      clock: systemClock,
      logger,
      level,
      events,
      env,
      systemNamespace,
      listenAddress,
      xdsPort,
      metrics: prometheus?.metrics ?? noMetrics,
      gatewayNamespace: env['KOURIER_GATEWAY_NAMESPACE'] || systemNamespace,
      clusterDomain: resolverDomain(env),
    },
    signal,
  )
  logger.info('serving gateways', { port: kourier.xdsPort })
  await kourier.finished
  await events.flush()
  await prometheus?.server.close()
  await client.close()
} catch (error) {
  if (!signal.aborted) {
    logger.error('cannot run', { error })
    process.exitCode = 1
  }
  await client.close()
}
