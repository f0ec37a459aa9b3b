import { lookup } from 'node:dns/promises'
import { systemClock } from '@knative-ts/clock'
import { checkMinimumVersion, HttpKubeClient, loadKubeConnection, resolverDomain } from '@knative-ts/kube'
import { jsonLogger, type LevelSwitch, onTermination } from '@knative-ts/observability'
import { jobLoggerNames, parseJob } from './job.ts'
import { configuredLogLevel } from './log-level.ts'
import { runJob } from './run-job.ts'

const probePort = 8080

const level: LevelSwitch = { level: 'info' }
let logger = jsonLogger({ name: 'migrate', level })
const signal = onTermination()

try {
  const job = parseJob(process.argv.slice(2))
  const name = jobLoggerNames[job.kind]
  const { POD_NAME: pod } = process.env
  logger = jsonLogger({ name, level, ...(pod ? { fields: { 'knative.dev/pod': pod } } : {}) })
  const client = new HttpKubeClient(loadKubeConnection(process.env), name)
  await checkMinimumVersion(client, process.env)
  level.level = await configuredLogLevel(client, process.env, name)
  await runJob(job, {
    client,
    clock: systemClock,
    logger,
    env: process.env,
    clusterDomain: resolverDomain(process.env),
    resolve: async (hostname) => (await lookup(hostname)).address,
    probePort,
    signal,
  })
  logger.info('done')
  process.exit(0)
} catch (error) {
  logger.error('the job failed', { error })
  process.exit(1)
}
