import { once } from 'node:events'
import type { Clock } from '@knative-ts/clock'
import type { KubeClient } from '@knative-ts/kube'
import { type Logger, listenAddressFrom } from '@knative-ts/observability'
import { removeLeftovers } from './cleanup/remove-leftovers.ts'
import { probeServer } from './default-domain/answer-probes.ts'
import { setDefaultDomain } from './default-domain/set-default-domain.ts'
import { booleanVariable, type Env, requiredVariable } from './environment.ts'
import type { Job } from './job.ts'
import { migrateStorage } from './storage-version/migrate-storage.ts'

export interface RunJobOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  env: Env
  clusterDomain: string
  /** An address of a host name. */
  resolve: (hostname: string) => Promise<string>
  /** Port on which the default-domain job answers probes; 0 takes a free one. */
  probePort: number
  signal: AbortSignal
}

/** Does a job to its end. @throws MigrateError, an ApiError, or the signal's reason */
export async function runJob(job: Job, options: RunJobOptions): Promise<void> {
  const { client, logger, env, signal } = options
  switch (job.kind) {
    case 'storage-version-migration': {
      const ignoreNotFound = booleanVariable(env, 'IGNORE_NOT_FOUND')
      return migrateStorage({ client, logger, definitions: job.definitions, ignoreNotFound, signal })
    }
    case 'cleanup': {
      const systemNamespace = requiredVariable(env, 'SYSTEM_NAMESPACE')
      return removeLeftovers({ client, logger, systemNamespace, signal })
    }
    case 'default-domain':
      return chooseDomain(job.magicDNS, options)
  }
}

async function chooseDomain(magicDNS: string, options: RunJobOptions): Promise<void> {
  const { env, probePort } = options
  const systemNamespace = requiredVariable(env, 'SYSTEM_NAMESPACE')
  const podName = env['POD_NAME'] || requiredVariable(env, 'HOSTNAME')
  const server = probeServer()
  server.listen(probePort, listenAddressFrom(env))
  await once(server, 'listening')
  try {
    await setDefaultDomain({ ...options, systemNamespace, podName, magicDNS })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
