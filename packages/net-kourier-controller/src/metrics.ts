import { type MetricsServer, metricNames } from '@knative-ts/observability'

/** What the process counts. */
export interface GatewayMetrics {
  pushed(typeUrl: string): void
  refused(typeUrl: string): void
  streams(open: number): void
}

export const noMetrics: GatewayMetrics = { pushed() {}, refused() {}, streams() {} }

/** Counts in a Prometheus registry; the library is loaded only now. */
export async function prometheusMetrics(): Promise<{ metrics: GatewayMetrics; server: MetricsServer }> {
  const [{ Counter, collectDefaultMetrics, Gauge, Registry }, { MetricsServer }] = await Promise.all([
    import('prom-client'),
    import('@knative-ts/observability'),
  ])
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const labelled = { labelNames: ['type'], registers: [registry] }
  const pushes = new Counter({
    name: metricNames.xds.pushes,
    help: 'Responses sent to gateways',
    ...labelled,
  })
  const refusals = new Counter({
    name: metricNames.xds.refusals,
    help: 'Responses gateways refused',
    ...labelled,
  })
  const streams = new Gauge({
    name: metricNames.xds.streams,
    help: 'Open gateway streams',
    registers: [registry],
  })
  return {
    server: new MetricsServer(registry),
    metrics: {
      pushed: (typeUrl) => pushes.inc({ type: shortName(typeUrl) }),
      refused: (typeUrl) => refusals.inc({ type: shortName(typeUrl) }),
      streams: (open) => streams.set(open),
    },
  }
}

/** `Cluster` of `type.googleapis.com/envoy.config.cluster.v3.Cluster`. */
function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('.') + 1)
}
