import type { Registry } from 'prom-client'
import { MetricsServer } from './metrics.ts'

const defaultPort = 9090

/**
 * Serves the figures of the process itself, and those that `register` adds, for Prometheus. The library that
 * counts is loaded only here.
 * @param endpoint `metrics-endpoint` of `config-observability`: its port counts, if it names one
 * @throws when the address is taken
 */
export async function servePrometheus(
  listenAddress: string,
  endpoint: string,
  register: (registry: Registry) => Promise<void>,
): Promise<{ port: number; close(): Promise<void> }> {
  const { collectDefaultMetrics, Registry } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  await register(registry)
  const server = new MetricsServer(registry)
  const port = await server.listen(listenAddress, Number(/:(\d+)$/.exec(endpoint)?.[1] ?? defaultPort))
  return { port, close: () => server.close() }
}
