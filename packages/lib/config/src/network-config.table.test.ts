import { describe, expect, test } from '@jest/globals'
import { parseNetworkConfig } from './network-config.ts'
import type { DomainTemplateData } from './types.ts'

const domainData: DomainTemplateData = {
  Name: 'n',
  Namespace: 'ns',
  Domain: 'd.com',
  Annotations: new Map(),
  Labels: new Map(),
}

test('defaults', () => {
  const { domainTemplate, tagTemplate, ...config } = parseNetworkConfig({})
  expect(config).toEqual({
    ingressClass: 'istio.ingress.networking.knative.dev',
    certificateClass: 'cert-manager.certificate.networking.knative.dev',
    externalDomainTLS: false,
    clusterLocalDomainTLS: false,
    systemInternalTLS: false,
    httpProtocol: 'Enabled',
    rolloutDurationSeconds: 0,
    autocreateClusterDomainClaims: false,
    defaultExternalScheme: 'http',
    namespaceWildcardCertSelector: undefined,
    enableMeshPodAddressability: false,
    meshCompatibilityMode: 'auto',
    activatorQueue: {
      maxRequests: 20_000,
      maxBytes: 134_217_728,
      maxRequestsPerRevision: 10_000,
      maxBytesPerRevision: 67_108_864,
    },
  })
  expect(domainTemplate(domainData)).toBe('n.ns.d.com')
  expect(tagTemplate({ Name: 'n', Tag: 't' })).toBe('t-n')
})

describe('accepts', () => {
  test.each([
    [{ 'ingress.class': 'old' }, { ingressClass: 'old' }],
    [{ 'ingress.class': 'old', 'ingress-class': 'new' }, { ingressClass: 'new' }],
    [{ autoTLS: 'Enabled' }, { externalDomainTLS: true }],
    [{ 'auto-tls': 'enabled', 'external-domain-tls': 'disabled' }, { externalDomainTLS: false }],
    [{ 'external-domain-tls': 'nonsense' }, { externalDomainTLS: false }],
    [{ 'system-internal-tls': 'ENABLED' }, { systemInternalTLS: true }],
    [{ 'internal-encryption': 'true' }, { systemInternalTLS: true }],
    [{ 'internal-encryption': 'true', 'system-internal-tls': 'disabled' }, { systemInternalTLS: true }],
    [{ 'cluster-local-domain-tls': '' }, { clusterLocalDomainTLS: false }],
    [{ httpProtocol: 'redirected' }, { httpProtocol: 'Redirected' }],
    [{ 'mesh-compatibility-mode': 'Enabled' }, { meshCompatibilityMode: 'enabled' }],
    [{ 'mesh-compatibility-mode': 'Disabled' }, { meshCompatibilityMode: 'disabled' }],
    [{ 'mesh-compatibility-mode': 'nonsense' }, { meshCompatibilityMode: 'auto' }],
    [{ 'activator-queue-max-requests': '5' }, { activatorQueue: { maxRequests: 5 } }],
    [{ 'activator-queue-max-bytes': '1Gi' }, { activatorQueue: { maxBytes: 1_073_741_824 } }],
    [
      { 'activator-queue-max-requests-per-revision': '2k' },
      { activatorQueue: { maxRequestsPerRevision: 2000 } },
    ],
    [
      { 'activator-queue-max-bytes-per-revision': ' 64Ki ' },
      { activatorQueue: { maxBytesPerRevision: 65_536 } },
    ],
    [{ 'namespace-wildcard-cert-selector': '{}' }, { namespaceWildcardCertSelector: {} }],
    [
      { 'namespace-wildcard-cert-selector': 'matchLabels: {a: b}' },
      { namespaceWildcardCertSelector: { matchLabels: { a: 'b' } } },
    ],
  ])('%j', (data: Record<string, string>, expected) => {
    expect(parseNetworkConfig(data)).toMatchObject(expected)
  })
})

test('templates may use labels and annotations that are not there', () => {
  const { domainTemplate } = parseNetworkConfig({
    'domain-template':
      '{{if index .Annotations "sub"}}{{index .Annotations "sub"}}.{{end}}{{.Name}}.{{.Domain}}',
  })
  expect(domainTemplate(domainData)).toBe('n.d.com')
  expect(domainTemplate({ ...domainData, Annotations: new Map([['sub', 's']]) })).toBe('s.n.d.com')
})

describe('refuses', () => {
  test.each([
    [
      { 'domain-template': '{{.Name}}.{{.Labels.sub}}.{{.Domain}}' },
      'domain template does not render a host name, but "foo.<no value>.baz.com"',
    ],
    [{ 'domain-template': '{{.Name}}.{{.Sub}}.{{.Domain}}' }, "template: :1: can't evaluate field Sub"],
    [{ 'http-protocol': 'on' }, 'httpProtocol on in config-network ConfigMap is not supported'],
    [
      { 'system-internal-tls': 'on' },
      'system-internal-tls with value "on" in config-network ConfigMap is not supported',
    ],
    [
      { 'cluster-local-domain-tls': 'on' },
      'cluster-local-domain-tls with value "on" in config-network ConfigMap is not supported',
    ],
    [{ 'rollout-duration': '-1' }, 'rollout-duration must be a positive integer, but was -1'],
    [
      { 'rollout-duration': '5s' },
      'failed to parse "rollout-duration": strconv.ParseInt: parsing "5s": invalid syntax',
    ],
    [{ 'domain-template': '{{.Name}}/{{.Domain}}' }, 'domain template has url path: /baz.com'],
    [{ 'domain-template': '{{.Nope}}' }, "template: :1: can't evaluate field Nope"],
    [{ 'domain-template': '' }, 'empty hostname'],
    [{ 'tag-template': '{{.Namespace}}' }, "template: :1: can't evaluate field Namespace"],
    [
      { 'autocreate-cluster-domain-claims': 'x' },
      'failed to parse "autocreate-cluster-domain-claims": strconv.ParseBool: parsing "x": invalid syntax',
    ],
    [
      { 'activator-queue-max-requests': '0' },
      'failed to parse "activator-queue-max-requests": must be at least 1, but was 0',
    ],
    [
      { 'activator-queue-max-bytes-per-revision': 'lots' },
      'failed to parse "activator-queue-max-bytes-per-revision": quantities must match',
    ],
  ])('%j', (data: Record<string, string>, message) => {
    expect(() => parseNetworkConfig(data)).toThrow(message)
  })
})
