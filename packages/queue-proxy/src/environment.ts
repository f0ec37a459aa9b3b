import { type ServerTlsSettings, serverTlsSettings } from '@knative-ts/http-proxy'
import { EnvironmentError } from './errors.ts'
import { type ObservabilitySettings, parseObservability } from './observability-settings.ts'
import { type ProbeSpec, parseProbes } from './readiness/probe-spec.ts'

/** Environment variables as Node has them. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Everything this queue-proxy is told by the revision that it serves. */
export interface Environment {
  /** 0: no limit. */
  readonly containerConcurrency: number
  readonly servingPort: number
  readonly tlsPort: number
  readonly userPort: number
  /** 0 or less, here and in the two below: no limit. */
  readonly requestTimeoutMs: number
  readonly responseStartTimeoutMs: number
  readonly idleTimeoutMs: number
  /** Empty: always ready. */
  readonly probes: readonly ProbeSpec[]
  readonly http2AutoDetection: boolean
  readonly namespace: string
  /** Empty when the revision belongs to no Service. */
  readonly service: string
  readonly configuration: string
  readonly revision: string
  readonly pod: string
  readonly podIP: string
  /** Empty when not told; the autoscaler then believes our readiness only once the API knows our IP. */
  readonly podUid: string
  readonly loggingConfig: string
  readonly loggingLevel: string
  readonly observability: ObservabilitySettings
  readonly tls: ServerTlsSettings
  /** Under which metrics are filed instead of the Service; empty if not set. */
  readonly otelServiceName: string
  /** Address that every listener binds; all of the machine's when undefined. */
  readonly listenAddress: string | undefined
  /** `host:port` of the autoscaler's stats stream; without it we are scraped. */
  readonly statsAddress: string | undefined
}

/**
 * Reads the environment.
 * @throws EnvironmentError or TlsSettingError, naming the variable at fault
 */
export function readEnvironment(env: Variables): Environment {
  const text = (name: string): string => {
    const value = env[name]
    if (value === undefined)
      throw new EnvironmentError(name, 'is not set; the controller sets it on every pod')
    return value
  }
  const integer = (name: string, least: number, most: number): number => {
    const value = text(name)
    const number = Number(value)
    if (!/^-?\d+$/.test(value) || number < least || number > most) {
      throw new EnvironmentError(
        name,
        `must be an integer from ${least} to ${most}, got ${JSON.stringify(value)}`,
      )
    }
    return number
  }
  const port = (name: string) => integer(name, 1, 65_535)
  const seconds = (name: string) => integer(name, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) * 1000
  const optionalSeconds = (name: string) => (env[name] === undefined || env[name] === '' ? 0 : seconds(name))
  return {
    containerConcurrency: integer('CONTAINER_CONCURRENCY', 0, 2_147_483_647),
    servingPort: port('QUEUE_SERVING_PORT'),
    tlsPort: port('QUEUE_SERVING_TLS_PORT'),
    userPort: port('USER_PORT'),
    requestTimeoutMs: seconds('REVISION_TIMEOUT_SECONDS'),
    responseStartTimeoutMs: optionalSeconds('REVISION_RESPONSE_START_TIMEOUT_SECONDS'),
    idleTimeoutMs: optionalSeconds('REVISION_IDLE_TIMEOUT_SECONDS'),
    probes: parseProbes(
      'SERVING_READINESS_PROBE',
      env['SERVING_READINESS_PROBE'] ?? '',
      flag(env, 'ENABLE_MULTI_CONTAINER_PROBES'),
    ),
    http2AutoDetection: flag(env, 'ENABLE_HTTP2_AUTO_DETECTION'),
    namespace: text('SERVING_NAMESPACE'),
    service: env['SERVING_SERVICE'] ?? '',
    configuration: text('SERVING_CONFIGURATION'),
    revision: text('SERVING_REVISION'),
    pod: text('SERVING_POD'),
    podIP: text('SERVING_POD_IP'),
    podUid: env['SERVING_POD_UID'] ?? '',
    loggingConfig: text('SERVING_LOGGING_CONFIG'),
    loggingLevel: text('SERVING_LOGGING_LEVEL'),
    observability: parseObservability('OBSERVABILITY_CONFIG', env['OBSERVABILITY_CONFIG'] ?? '', env),
    tls: serverTlsSettings('QUEUE_PROXY_', env),
    otelServiceName: env['OTEL_SERVICE_NAME'] ?? '',
    listenAddress: env['LISTEN_ADDRESS'] || undefined,
    statsAddress: env['AUTOSCALER_STATS_ADDRESS'] || undefined,
  }
}

const trueTexts = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const falseTexts = new Set(['', '0', 'f', 'F', 'FALSE', 'false', 'False'])

/** A boolean as Go's `strconv.ParseBool` reads it; false if not set. */
function flag(env: Variables, name: string): boolean {
  const value = env[name] ?? ''
  if (trueTexts.has(value)) return true
  if (falseTexts.has(value)) return false
  throw new EnvironmentError(name, `must be true or false, got ${JSON.stringify(value)}`)
}
