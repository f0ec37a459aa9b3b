import {
  backendHTTPSPort,
  controllerOf,
  httpFullDuplexAnnotationKey,
  type Revision,
  serviceLabelKey,
  type V1EnvVar,
} from '@knative-ts/apis'
import type { Installation, RevisionConfig } from '../config.ts'
import { encodeObservability } from './encode-observability.ts'
import { encodeAllProbes, encodeServingProbe } from './probes.ts'
import { queueServingPortOf, servingContainerOf, userPortOf } from './serving-container.ts'

/** Component of the queue-proxy in `config-logging`. */
const queueProxyLogComponent = 'queueproxy'

/**
 * The queue-proxy's environment; part of the contract with any queue-proxy image, order included.
 * @throws SidecarProbePortError
 */
export function makeQueueEnv(
  revision: Revision,
  config: RevisionConfig,
  installation: Installation,
): V1EnvVar[] {
  const { spec } = revision
  const { name = '', namespace = '', labels = {}, annotations = {} } = revision.metadata
  const { deployment, features, logging, observability } = config
  const owner = controllerOf(revision)
  const multiContainerProbing = features.flags['multi-container-probing'] === 'Enabled'
  const fullDuplex = annotations[httpFullDuplexAnnotationKey]?.toLowerCase() === 'enabled'
  return [
    text('SERVING_NAMESPACE', namespace),
    text('SERVING_SERVICE', labels[serviceLabelKey] ?? ''),
    text('SERVING_CONFIGURATION', owner?.kind === 'Configuration' ? owner.name : ''),
    text('SERVING_REVISION', name),
    text('QUEUE_SERVING_PORT', queueServingPortOf(spec)),
    text('QUEUE_SERVING_TLS_PORT', backendHTTPSPort),
    text('CONTAINER_CONCURRENCY', spec.containerConcurrency ?? 0),
    text('REVISION_TIMEOUT_SECONDS', spec.timeoutSeconds ?? 0),
    text('REVISION_RESPONSE_START_TIMEOUT_SECONDS', spec.responseStartTimeoutSeconds ?? 0),
    text('REVISION_IDLE_TIMEOUT_SECONDS', spec.idleTimeoutSeconds ?? 0),
    field('SERVING_POD', { fieldPath: 'metadata.name' }),
    field('SERVING_POD_IP', { fieldPath: 'status.podIP' }),
    text('SERVING_LOGGING_CONFIG', logging.zapLoggerConfig),
    text('SERVING_LOGGING_LEVEL', logging.levels[queueProxyLogComponent] ?? ''),
    text('USER_PORT', userPortOf(spec)),
    text('SYSTEM_NAMESPACE', installation.systemNamespace),
    text('SERVING_READINESS_PROBE', readinessProbes(revision, multiContainerProbing)),
    field('HOST_IP', { apiVersion: 'v1', fieldPath: 'status.hostIP' }),
    text('ENABLE_HTTP2_AUTO_DETECTION', features.flags['autodetect-http2'] === 'Enabled'),
    text('ENABLE_HTTP_FULL_DUPLEX', fullDuplex),
    text('ROOT_CA', deployment.queueSidecarRootCA),
    text('QUEUE_PROXY_TLS_MIN_VERSION', deployment.queueSidecarTLSMinVersion),
    text('QUEUE_PROXY_TLS_MAX_VERSION', deployment.queueSidecarTLSMaxVersion),
    text('QUEUE_PROXY_TLS_CIPHER_SUITES', deployment.queueSidecarTLSCipherSuites),
    text('QUEUE_PROXY_TLS_CURVE_PREFERENCES', deployment.queueSidecarTLSCurvePreferences),
    text('ENABLE_MULTI_CONTAINER_PROBES', multiContainerProbing),
    text('OBSERVABILITY_CONFIG', encodeObservability(observability)),
    field('SERVING_POD_UID', { fieldPath: 'metadata.uid' }),
    text('AUTOSCALER_STATS_ADDRESS', installation.autoscalerStatsAddress),
  ]
}

function readinessProbes({ spec }: Revision, multiContainerProbing: boolean): string {
  const serving = servingContainerOf(spec)
  if (!serving) return ''
  const userPort = userPortOf(spec)
  if (!multiContainerProbing) return encodeServingProbe(serving, userPort)
  const sidecars = spec.containers.filter((container) => container !== serving)
  return encodeAllProbes(serving, sidecars, userPort)
}

function text(name: string, value: string | number | boolean): V1EnvVar {
  return { name, value: String(value) }
}

function field(name: string, fieldRef: { apiVersion?: string; fieldPath: string }): V1EnvVar {
  return { name, valueFrom: { fieldRef } }
}
