import { goQuote, istioIngressClass, parseQuantity, quantityIn } from '@knative-ts/apis'
import { ConfigValues } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import { compileGoTemplate } from './go-template/compile.ts'
import { parseYaml } from './selector-map.ts'
import type { ActivatorQueueConfig, DomainTemplateData, NetworkConfig, TemplateData } from './types.ts'

const defaultCertificateClass = 'cert-manager.certificate.networking.knative.dev'
const defaultDomainTemplate = '{{.Name}}.{{.Namespace}}.{{.Domain}}'
const defaultTagTemplate = '{{.Tag}}-{{.Name}}'

/** Parses `config-network`. @throws ConfigValueError or GoTemplateError for the first fault */
export function parseNetworkConfig(data: Readonly<Record<string, string>>): NetworkConfig {
  const values = new ConfigValues(data)
  const rolloutDurationSeconds = values.int64(['rolloutDuration', 'rollout-duration'], 0)
  if (rolloutDurationSeconds < 0) {
    throw new ConfigValueError(
      `rollout-duration must be a positive integer, but was ${rolloutDurationSeconds}`,
    )
  }
  const internalEncryption = values.bool('internal-encryption', false)
  return {
    ingressClass: values.text(['ingress.class', 'ingress-class'], istioIngressClass),
    certificateClass: values.text(['certificate.class', 'certificate-class'], defaultCertificateClass),
    domainTemplate: hostTemplate<DomainTemplateData>(
      values.text(['domainTemplate', 'domain-template'], defaultDomainTemplate),
      { Name: 'foo', Namespace: 'bar', Domain: 'baz.com', Annotations: new Map(), Labels: new Map() },
      'domain template',
    ),
    tagTemplate: hostTemplate(
      values.text(['tagTemplate', 'tag-template'], defaultTagTemplate),
      { Name: 'foo', Tag: 'v2' },
      'tag template',
    ),
    externalDomainTLS:
      values.text(['autoTLS', 'auto-tls', 'external-domain-tls'], '').toLowerCase() === 'enabled',
    clusterLocalDomainTLS: encryption(values, 'cluster-local-domain-tls'),
    systemInternalTLS: encryption(values, 'system-internal-tls') || internalEncryption,
    httpProtocol: httpProtocol(values.text(['httpProtocol', 'http-protocol'], 'Enabled')),
    rolloutDurationSeconds,
    autocreateClusterDomainClaims: values.bool(
      ['autocreateClusterDomainClaims', 'autocreate-cluster-domain-claims'],
      false,
    ),
    defaultExternalScheme: values.text(['defaultExternalScheme', 'default-external-scheme'], 'http'),
    namespaceWildcardCertSelector: values.parsed<unknown>(
      'namespace-wildcard-cert-selector',
      undefined,
      (text) => (text.trim() === '' ? undefined : parseYaml(text)),
    ),
    enableMeshPodAddressability: values.bool('enable-mesh-pod-addressability', false),
    meshCompatibilityMode: meshMode(values.text('mesh-compatibility-mode', 'auto')),
    activatorQueue: activatorQueue(values),
  }
}

const mebibyte = 1024 * 1024

/** Keys of our own; upstream has no bound. */
function activatorQueue(values: ConfigValues): ActivatorQueueConfig {
  const limit = (key: string, whenAbsent: number) => values.parsed(key, whenAbsent, positiveAmount)
  return {
    maxRequests: limit('activator-queue-max-requests', 20_000),
    maxBytes: limit('activator-queue-max-bytes', 128 * mebibyte),
    maxRequestsPerRevision: limit('activator-queue-max-requests-per-revision', 10_000),
    maxBytesPerRevision: limit('activator-queue-max-bytes-per-revision', 64 * mebibyte),
  }
}

/** A quantity (`5000`, `64Mi`) as a number of at least 1. */
function positiveAmount(text: string): number {
  const amount = Number(quantityIn(parseQuantity(text.trim()), 0))
  if (amount < 1) throw new ConfigValueError(`must be at least 1, but was ${text.trim()}`)
  return amount
}

function encryption(values: ConfigValues, key: string): boolean {
  const value = values.text(key, '')
  switch (value.toLowerCase()) {
    case 'enabled':
      return true
    case '':
    case 'disabled':
      return false
    default:
      throw new ConfigValueError(
        `${key} with value ${goQuote(value)} in config-network ConfigMap is not supported`,
      )
  }
}

function httpProtocol(value: string): NetworkConfig['httpProtocol'] {
  switch (value.toLowerCase()) {
    case '':
    case 'enabled':
      return 'Enabled'
    case 'disabled':
      return 'Disabled'
    case 'redirected':
      return 'Redirected'
    default:
      throw new ConfigValueError(`httpProtocol ${value} in config-network ConfigMap is not supported`)
  }
}

function meshMode(value: string): NetworkConfig['meshCompatibilityMode'] {
  const lower = value.toLowerCase()
  return lower === 'enabled' || lower === 'disabled' ? lower : 'auto'
}

/** Compiles a template and proves on sample data that it yields a host name and nothing else. */
function hostTemplate<Data extends TemplateData>(
  text: string,
  sample: Data,
  name: string,
): (data: Data) => string {
  const render = compileGoTemplate(text)
  const host = render(sample)
  let url: URL
  try {
    url = new URL(`https://${host}`)
  } catch {
    throw new ConfigValueError(
      host.trim() === '' ? 'empty hostname' : `${name} does not render a host name, but ${goQuote(host)}`,
    )
  }
  if (url.hostname === '') throw new ConfigValueError('empty hostname')
  const path = url.pathname + url.search
  if (path !== '/') throw new ConfigValueError(`${name} has url path: ${path}`)
  return render
}
