import { listenAddressFrom } from '@knative-ts/observability'
import { EnvironmentError } from './errors.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What the process is told by its environment. */
export interface WebhookEnvironment {
  /** Name of the Service in front of the process. */
  readonly serviceName: string
  readonly systemNamespace: string
  readonly podName: string | undefined
  readonly secretName: string
  readonly listenAddress: string
  readonly port: number
  readonly metricsPort: number
  readonly profilingPort: number
  readonly ownedByNamespace: boolean
}

const defaultPort = 8443
const defaultMetricsPort = 9090
const defaultProfilingPort = 8008

/** @throws EnvironmentError naming the variable that is missing or wrong */
export function webhookEnvironment(env: Env): WebhookEnvironment {
  return {
    serviceName: required(env, 'WEBHOOK_NAME'),
    systemNamespace: required(env, 'SYSTEM_NAMESPACE'),
    podName: env['POD_NAME'] || undefined,
    secretName: env['WEBHOOK_SECRET_NAME'] || 'webhook-certs',
    listenAddress: listenAddressFrom(env),
    port: portFrom(env, 'WEBHOOK_PORT', defaultPort),
    metricsPort: portFrom(env, 'METRICS_PROMETHEUS_PORT', defaultMetricsPort),
    profilingPort: portFrom(env, 'PROFILING_PORT', defaultProfilingPort),
    ownedByNamespace: env['WEBHOOK_DISABLE_NAMESPACE_OWNERSHIP'] !== 'true',
  }
}

function required(env: Env, name: string): string {
  const value = env[name]
  if (!value) throw new EnvironmentError(name, 'is not set; set it in the Deployment')
  return value
}

function portFrom(env: Env, name: string, whenUnset: number): number {
  const text = env[name]
  if (!text) return whenUnset
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new EnvironmentError(name, `must be a port number, not ${JSON.stringify(text)}`)
  }
  return port
}
