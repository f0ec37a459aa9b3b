import { type Cluster, OpenTelemetryConfig, pack, type Tracing } from '@knative-ts/xds'
import type { TracingConfig } from '../config/tracing-config.ts'
import { serviceCluster } from './cluster.ts'
import { tracingClusterName } from './names.ts'

/** Spans to an OpenTelemetry collector. */
export function tracing(config: TracingConfig): Tracing {
  const exporter =
    config.protocol === 'grpc'
      ? { grpcService: { envoyGrpc: { clusterName: tracingClusterName }, timeout: '0.25s' } }
      : { httpService: { httpUri: { uri: config.endpoint, cluster: tracingClusterName, timeout: '5s' } } }
  return {
    overallSampling: { value: config.samplingRate * 100 },
    provider: {
      name: 'envoy.tracers.opentelemetry',
      typedConfig: pack(OpenTelemetryConfig, { ...exporter, serviceName: config.serviceName }),
    },
  }
}

/** The collector itself. */
export function tracingCluster(config: TracingConfig): Cluster {
  return serviceCluster(tracingClusterName, config.host, config.port, { http2: config.protocol === 'grpc' })
}
