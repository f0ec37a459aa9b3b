import { EnvironmentError } from '../errors.ts'

/** How one container is asked whether it is ready; durations in milliseconds. */
export interface ProbeSpec {
  readonly action: ProbeAction
  /** True when the revision left the period open: probe hard and often until it passes. */
  readonly aggressive: boolean
  readonly timeoutMs: number
  readonly successThreshold: number
  /** For how long a container that was ready may fail before it counts as not ready, as the kubelet has it. */
  readonly patienceMs: number
}

/** What one try does. */
export type ProbeAction =
  | {
      readonly kind: 'httpGet'
      readonly scheme: 'HTTP' | 'HTTPS'
      readonly host: string
      readonly port: number
      /** Path with query, starting with a slash. */
      readonly target: string
      /** Name, value… */
      readonly headers: readonly string[]
    }
  | { readonly kind: 'tcpSocket'; readonly host: string; readonly port: number }
  | { readonly kind: 'grpc'; readonly port: number; readonly service: string }
  /** Can't be run by us; every try fails with this text. */
  | { readonly kind: 'impossible'; readonly reason: string }

const loopback = '127.0.0.1'
/** Kubernetes' own. */
const defaultFailureThreshold = 3

/**
 * Reads the JSON of one core/v1 Probe, or of an array of them when `many`; empty text gives none.
 * @param variable name for error messages
 * @throws EnvironmentError
 */
export function parseProbes(variable: string, json: string, many: boolean): readonly ProbeSpec[] {
  if (json === '') return []
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new EnvironmentError(variable, `is not JSON: ${(error as Error).message}`, { cause: error })
  }
  if (many !== Array.isArray(value)) {
    throw new EnvironmentError(
      variable,
      many
        ? 'must be a JSON array of probes, since ENABLE_MULTI_CONTAINER_PROBES is true'
        : 'must be the JSON of one probe; an array needs ENABLE_MULTI_CONTAINER_PROBES=true',
    )
  }
  const probes: unknown[] = Array.isArray(value) ? value : [value]
  // Of several containers the serving one comes first, as null if it has no probe.
  return probes
    .filter((probe) => !many || probe !== null)
    .map((probe) => {
      if (!isObject(probe)) throw new EnvironmentError(variable, 'must be a JSON object')
      return parseProbe(variable, probe)
    })
}

type Json = Readonly<Record<string, unknown>>

function parseProbe(variable: string, probe: Json): ProbeSpec {
  const number = (name: string): number => {
    const value = probe[name] ?? 0
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
      throw new EnvironmentError(
        variable,
        `has ${name} ${JSON.stringify(value)}; use an integer of at least 0`,
      )
    }
    return value
  }
  const periodMs = number('periodSeconds') * 1000
  return {
    action: parseAction(variable, probe),
    aggressive: periodMs === 0,
    timeoutMs: Math.max(1, number('timeoutSeconds')) * 1000,
    successThreshold: Math.max(1, number('successThreshold')),
    // From the first failure to the last there is a period less than failures; half of one makes up for the kubelet's timing.
    patienceMs: Math.max(0, ((number('failureThreshold') || defaultFailureThreshold) - 1.5) * periodMs),
  }
}

function parseAction(variable: string, probe: Json): ProbeAction {
  const { httpGet, tcpSocket, grpc, exec } = probe
  if (isObject(httpGet)) {
    const path = text(httpGet['path'])
    return {
      kind: 'httpGet',
      scheme: text(httpGet['scheme']).toUpperCase() === 'HTTPS' ? 'HTTPS' : 'HTTP',
      host: text(httpGet['host']) || loopback,
      port: portOf(variable, 'httpGet', httpGet['port']),
      target: `/${path.replace(/^\/+/, '')}`,
      headers: headersOf(httpGet['httpHeaders']),
    }
  }
  if (isObject(tcpSocket)) {
    const port = portOf(variable, 'tcpSocket', tcpSocket['port'])
    return { kind: 'tcpSocket', host: text(tcpSocket['host']) || loopback, port }
  }
  if (isObject(grpc)) {
    return { kind: 'grpc', port: portOf(variable, 'grpc', grpc['port']), service: text(grpc['service']) }
  }
  return { kind: 'impossible', reason: isObject(exec) ? 'exec probe not supported' : 'no probe found' }
}

function portOf(variable: string, field: string, value: unknown): number {
  const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new EnvironmentError(
      variable,
      `has ${field}.port ${JSON.stringify(value)}; use a number from 1 to 65535`,
    )
  }
  return port
}

function headersOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.filter(isObject).flatMap((header) => [text(header['name']), text(header['value'])])
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
