import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { PodStatsClient, type Stat } from '@knative-ts/stats'
import type { Environment } from '../environment.ts'
import type { ReadinessPort } from './readiness-port.ts'

const nobody: ReadinessPort = { markReady() {}, markNotReady() {}, close() {} }

/**
 * Opens the stream on which we report to the autoscaler. Without an address nobody is told; the autoscaler then scrapes us.
 * @throws StatsError if the address is none
 */
export function connectToAutoscaler(
  environment: Environment,
  source: { readonly latestStat: Stat },
  clock: Clock,
  logger: Logger,
): ReadinessPort {
  const { statsAddress, namespace, revision, pod, podUid, listenAddress } = environment
  if (statsAddress === undefined) return nobody
  const client = new PodStatsClient({
    address: statsAddress,
    namespace,
    revision,
    podName: pod,
    podUid,
    sample: () => source.latestStat,
    clock,
    // A pod that may bind only its own address must be seen to come from there, too.
    ...(listenAddress === undefined ? {} : { localAddress: listenAddress }),
    onError: (error) => logger.debug('The stats stream was lost; it will be opened again.', { error }),
  })
  client.start()
  return client
}
