import { ProfilingServer } from '@knative-ts/observability/profiling'
import type { Environment } from './environment.ts'

const everywhere = '0.0.0.0'

/** Serves profiles of this process under `/debug/pprof/`. */
export async function serveProfiles({ listenAddress, profilingPort }: Environment): Promise<void> {
  await new ProfilingServer(() => true).listen(listenAddress ?? everywhere, profilingPort)
}
