import { ProfilingServer } from '@knative-ts/observability/profiling'

/** Serves profiles of this process, which `config-observability` allowed when the pod was made, on every address without a `host`. */
export async function startProfiling(host: string | undefined, port: number): Promise<ProfilingServer> {
  const server = new ProfilingServer(() => true)
  await server.listen(host, port)
  return server
}
