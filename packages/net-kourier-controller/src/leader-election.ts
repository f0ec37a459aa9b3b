import { configMaps } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { parseLeaderElectionConfig } from '@knative-ts/config'
import { isNotFound, type KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { BucketLeadership, bucketNames, processIdentity } from '@knative-ts/reconciler'

const leasePrefix = 'net-kourier-controller.knative.dev.net-kourier.pkg.reconciler.ingress.reconciler'
const defaultConfigName = 'config-leader-election'

export interface LeaderElectionOptions {
  readonly client: KubeClient
  readonly clock: Clock
  readonly logger: Logger
  readonly namespace: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onPromote: () => void
}

/** Prepares to compete for this controller's leases as `config-leader-election` says, read once. */
export async function bucketLeadership(options: LeaderElectionOptions): Promise<BucketLeadership> {
  const { client, namespace, env, onPromote, ...rest } = options
  const name = env['CONFIG_LEADERELECTION_NAME'] || defaultConfigName
  const config = parseLeaderElectionConfig(await readData(client, namespace, name))
  return new BucketLeadership({
    ...rest,
    client,
    namespace,
    buckets: bucketNames(config.leasePrefixes[leasePrefix] ?? leasePrefix, config.buckets),
    ...processIdentity(env['POD_NAME'] || undefined),
    times: config,
    onPromote: () => onPromote(),
  })
}

async function readData(
  client: KubeClient,
  namespace: string,
  name: string,
): Promise<Record<string, string>> {
  try {
    return (await client.get(configMaps, namespace, name)).data ?? {}
  } catch (error) {
    if (isNotFound(error)) return {}
    throw error
  }
}
