import { parseDurationMs, profilingPort, serviceHostname } from '@knative-ts/apis'
import { listenAddressFrom } from '@knative-ts/observability'
import { EnvironmentError } from './errors.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** What the activator is told by its environment. */
export interface Environment {
  /** Under this name load is reported. */
  readonly podName: string
  /** Our address among those of a revision's public Endpoints. */
  readonly podIP: string
  readonly systemNamespace: string
  readonly clusterDomain: string
  /** Address that every listener binds; all of the pod's unless told otherwise. */
  readonly listenAddress: string
  readonly profilingPort: number
  /** `host:port` of the autoscaler's stats stream. */
  readonly statsAddress: string
  /** Idle connections kept to all pods together. */
  readonly maxIdleProxyConns: number
  readonly maxIdleProxyConnsPerHost: number
  readonly probeTimeoutMs: number
  readonly probeFrequencyMs: number
  readonly loggingConfigName: string
  readonly observabilityConfigName: string
}

/**
 * Reads the activator's environment.
 * @param clusterDomain DNS domain of the cluster
 * @throws EnvironmentError naming the variable and the cure
 */
export function readEnvironment(env: Variables, clusterDomain: string): Environment {
  const systemNamespace = required(env, 'SYSTEM_NAMESPACE', 'metadata.namespace')
  return {
    podName: required(env, 'POD_NAME', 'metadata.name'),
    podIP: required(env, 'POD_IP', 'status.podIP'),
    systemNamespace,
    clusterDomain,
    listenAddress: listenAddressFrom(env),
    profilingPort: integer(env, 'PROFILING_PORT', profilingPort),
    statsAddress:
      env['AUTOSCALER_STATS_ADDRESS'] ||
      `${serviceHostname('autoscaler', systemNamespace, clusterDomain)}:8081`,
    maxIdleProxyConns: integer(env, 'MAX_IDLE_PROXY_CONNS', 1000),
    maxIdleProxyConnsPerHost: integer(env, 'MAX_IDLE_PROXY_CONNS_PER_HOST', 100),
    probeTimeoutMs: duration(env, 'PROBE_TIMEOUT', 300),
    probeFrequencyMs: duration(env, 'PROBE_FREQUENCY', 200),
    loggingConfigName: env['CONFIG_LOGGING_NAME'] || 'config-logging',
    observabilityConfigName: env['CONFIG_OBSERVABILITY_NAME'] || 'config-observability',
  }
}

function required(env: Variables, name: string, fieldPath: string): string {
  const value = env[name]
  if (!value) throw new EnvironmentError(name, `is not set; the Deployment sets it from ${fieldPath}`)
  return value
}

function integer(env: Variables, name: string, fallback: number): number {
  const text = env[name]
  if (!text) return fallback
  if (!/^\d+$/.test(text)) throw new EnvironmentError(name, `is ${JSON.stringify(text)}, not a whole number`)
  return Number(text)
}

function duration(env: Variables, name: string, fallbackMs: number): number {
  const text = env[name]
  if (!text) return fallbackMs
  const ms = millisecondsOf(text)
  if (ms === undefined || ms <= 0) {
    throw new EnvironmentError(name, `is ${JSON.stringify(text)}, not a positive duration such as 300ms`)
  }
  return ms
}

function millisecondsOf(text: string): number | undefined {
  try {
    return parseDurationMs(text)
  } catch {
    return undefined
  }
}
