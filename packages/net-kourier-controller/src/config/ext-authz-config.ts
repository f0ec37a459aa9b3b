import { ConfigValueError, ConfigValues } from '@knative-ts/config'
import { maxUint32, wholeNumber } from './numbers.ts'

export type ExtAuthzProtocol = 'grpc' | 'http' | 'https'

/** Where the gateway asks whether a request may pass. */
export interface ExtAuthzConfig {
  readonly host: string
  readonly port: number
  readonly protocol: ExtAuthzProtocol
  readonly failureModeAllow: boolean
  readonly maxRequestBodyBytes: number
  readonly timeoutMs: number
  readonly pathPrefix: string
  readonly packAsBytes: boolean
}

const keys = {
  host: 'extauthz-host',
  protocol: 'extauthz-protocol',
  failureModeAllow: 'extauthz-failure-mode-allow',
  maxRequestBodyBytes: 'extauthz-max-request-body-bytes',
  timeout: 'extauthz-timeout',
  pathPrefix: 'extauthz-path-prefix',
  packAsBytes: 'extauthz-pack-as-bytes',
}

/** The environment's spelling of the same settings. */
const variables: Record<keyof typeof keys, string> = {
  host: 'KOURIER_EXTAUTHZ_HOST',
  protocol: 'KOURIER_EXTAUTHZ_PROTOCOL',
  failureModeAllow: 'KOURIER_EXTAUTHZ_FAILUREMODEALLOW',
  maxRequestBodyBytes: 'KOURIER_EXTAUTHZ_MAXREQUESTBYTES',
  timeout: 'KOURIER_EXTAUTHZ_TIMEOUT',
  pathPrefix: 'KOURIER_EXTAUTHZ_PATHPREFIX',
  packAsBytes: 'KOURIER_EXTAUTHZ_PACKASBYTES',
}

const maxPort = 65_535
const defaultMaxRequestBodyBytes = 8192
const defaultTimeoutMs = 2000

/**
 * External authorization, or undefined when off. If the environment names a host, everything comes from
 * there and the ConfigMap's keys are ignored.
 * @throws ConfigValueError
 */
export function parseExtAuthzConfig(
  data: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): ExtAuthzConfig | undefined {
  if (env[variables.host]) return parse(fromEnvironment(env), 'grpc', variables)
  return parse(data, undefined, keys)
}

function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const data: Record<string, string> = {}
  for (const [setting, variable] of Object.entries(variables)) {
    const value = env[variable]
    if (value) data[keys[setting as keyof typeof keys]] = value
  }
  return data
}

function parse(
  data: Readonly<Record<string, string>>,
  defaultProtocol: ExtAuthzProtocol | undefined,
  names: Record<keyof typeof keys, string>,
): ExtAuthzConfig | undefined {
  const values = new ConfigValues(data)
  const address = values.text(keys.host, '')
  if (address === '') return undefined
  const { host, port } = splitAddress(address, names.host)
  const protocol = parseProtocol(values.text(keys.protocol, defaultProtocol ?? ''), names.protocol)
  const packAsBytes = values.bool(keys.packAsBytes, false)
  if (packAsBytes && protocol !== 'grpc') {
    throw new ConfigValueError(`${names.packAsBytes} needs the protocol grpc, not ${protocol}`)
  }
  return {
    host,
    port,
    protocol,
    packAsBytes,
    failureModeAllow: values.bool(keys.failureModeAllow, false),
    maxRequestBodyBytes: values.parsed(
      keys.maxRequestBodyBytes,
      defaultMaxRequestBodyBytes,
      wholeNumber(maxUint32),
    ),
    timeoutMs: values.parsed(keys.timeout, defaultTimeoutMs, wholeNumber(Number.MAX_SAFE_INTEGER)),
    pathPrefix: values.text(keys.pathPrefix, ''),
  }
}

function splitAddress(address: string, name: string): { host: string; port: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address)
  const port = Number(parts?.[3])
  if (!parts || port > maxPort) throw new ConfigValueError(`${name} must be host:port, not "${address}"`)
  return { host: parts[1] ?? parts[2] ?? '', port }
}

function parseProtocol(text: string, name: string): ExtAuthzProtocol {
  if (text === 'grpc' || text === 'http' || text === 'https') return text
  throw new ConfigValueError(`${name} must be grpc, http or https, not "${text}"`)
}
