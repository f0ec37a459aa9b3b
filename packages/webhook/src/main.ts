import { systemClock } from '@knative-ts/clock'
import { serverTlsSettings } from '@knative-ts/http-proxy'
import { checkMinimumVersion, HttpKubeClient, loadKubeConnection, resolverDomain } from '@knative-ts/kube'
import { jsonLogger, type LevelSwitch, onTermination } from '@knative-ts/observability'
import { webhookEnvironment } from './environment.ts'
import { Webhook } from './webhook.ts'

const level: LevelSwitch = { level: 'info' }
const logger = jsonLogger({ name: 'webhook', level })
const terminated = onTermination()

try {
  const environment = webhookEnvironment(process.env)
  const client = new HttpKubeClient(loadKubeConnection(process.env), 'webhook')
  await checkMinimumVersion(client, process.env)
  const webhook = new Webhook({
    client,
    clock: systemClock,
    logger: environment.podName ? logger.child({ 'knative.dev/pod': environment.podName }) : logger,
    level,
    environment,
    processEnv: process.env,
    tls: serverTlsSettings('WEBHOOK_', process.env),
    clusterDomain: resolverDomain(process.env),
  })
  const port = await webhook.start()
  logger.info(`Webhook is serving on ${environment.listenAddress}:${port}`)
  if (!terminated.aborted) {
    await new Promise((resolve) => terminated.addEventListener('abort', resolve, { once: true }))
  }
  logger.info('Webhook is shutting down')
  await webhook.stop()
  process.exit(0)
} catch (error) {
  logger.error('Webhook cannot run', { error })
  process.exit(1)
}
