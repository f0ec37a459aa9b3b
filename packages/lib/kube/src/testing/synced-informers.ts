import type { Clock } from '@knative-ts/clock'
import { silentLogger } from '@knative-ts/observability'
import { InformerFactory } from '../informer-factory.ts'
import type { KubeClient } from '../kube-client.ts'

/**
 * A started informer factory for tests. Ask for the informers in `use`, which sees the factory before it
 * starts; the promise resolves when all of them have synced. Abort `signal` at the end of the test.
 */
export async function syncedInformers<R>(
  client: KubeClient,
  clock: Clock,
  signal: AbortSignal,
  use: (factory: InformerFactory) => R,
): Promise<R> {
  const factory = new InformerFactory({ client, clock, logger: silentLogger })
  const result = use(factory)
  factory.start(signal)
  await factory.synced()
  return result
}
