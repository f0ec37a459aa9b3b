import { ProfilingServer } from '@knative-ts/observability/profiling'

/** Serves profiles of this process, which `config-observability` allowed when the pod was made. */
export async function startProfiling(host: string, port: number): Promise<void> {
  await new ProfilingServer(() => true).listen(host, port)
}
