import { isIP } from 'node:net'
import { parseDurationMs } from '@knative-ts/apis'
import { ConfigValueError, ConfigValues } from '@knative-ts/config'
import { type ExtAuthzConfig, parseExtAuthzConfig } from './ext-authz-config.ts'
import { maxUint32, wholeNumber } from './numbers.ts'
import { parseTracingConfig, type TracingConfig } from './tracing-config.ts'

export const kourierConfigName = 'config-kourier'

/** The ConfigMap `config-kourier`. */
export interface KourierConfig {
  readonly enableServiceAccessLogging: boolean
  /** Envoy format string, byte for byte; empty means Envoy's default format. */
  readonly serviceAccessLogTemplate: string
  readonly enableProxyProtocol: boolean
  /** Secret in the system namespace for cluster-local TLS; empty means none. */
  readonly clusterCertSecret: string
  /** 0 means none. */
  readonly streamIdleTimeoutMs: number
  readonly enableCryptoMB: boolean
  readonly trustedHopsCount: number
  readonly useRemoteAddress: boolean
  /** Empty means Envoy's defaults. */
  readonly cipherSuites: readonly string[]
  readonly disableEnvoyServerHeader: boolean
  /** At least one. */
  readonly listenIPAddresses: readonly string[]
  /** Secret with the one certificate for all external hosts; undefined unless both parts are given. */
  readonly externalCertSecret: { readonly namespace: string; readonly name: string } | undefined
  readonly externalAuthorization: ExtAuthzConfig | undefined
  readonly tracing: TracingConfig | undefined
}

const allIPv4 = '0.0.0.0'

/**
 * Parses `config-kourier`. Settings that upstream also takes from the environment are read from `env`.
 * @throws ConfigValueError naming the key
 */
export function parseKourierConfig(
  data: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>> = {},
): KourierConfig {
  const values = new ConfigValues(data)
  const certName = values.text('certs-secret-name', env['CERTS_SECRET_NAME'] ?? '')
  const certNamespace = values.text('certs-secret-namespace', env['CERTS_SECRET_NAMESPACE'] ?? '')
  return {
    enableServiceAccessLogging: values.bool('enable-service-access-logging', true),
    serviceAccessLogTemplate: data['service-access-log-template'] ?? '',
    enableProxyProtocol: values.bool('enable-proxy-protocol', false),
    clusterCertSecret: values.text('cluster-cert-secret', ''),
    streamIdleTimeoutMs: values.parsed('stream-idle-timeout', 0, nonNegativeDurationMs),
    enableCryptoMB: values.bool('enable-cryptomb', false),
    trustedHopsCount: values.parsed('trusted-hops-count', 0, wholeNumber(maxUint32)),
    useRemoteAddress: values.bool('use-remote-address', false),
    cipherSuites: values.list('cipher-suites', []).filter((suite) => suite !== ''),
    disableEnvoyServerHeader: values.bool('disable-envoy-server-header', false),
    listenIPAddresses: parseAddresses(values.list('listen-ip-addresses', [allIPv4])),
    externalCertSecret:
      certName !== '' && certNamespace !== '' ? { namespace: certNamespace, name: certName } : undefined,
    externalAuthorization: parseExtAuthzConfig(data, env),
    tracing: parseTracingConfig(values),
  }
}

function parseAddresses(addresses: readonly string[]): readonly string[] {
  for (const address of addresses) {
    if (isIP(address) === 0)
      throw new ConfigValueError(`invalid IP address "${address}" in listen-ip-addresses`)
  }
  return addresses
}

function nonNegativeDurationMs(text: string): number {
  const ms = parseDurationMs(text)
  if (ms < 0) throw new Error(`"${text}" is negative`)
  return ms
}
