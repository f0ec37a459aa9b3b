import { describe, expect, test } from '@jest/globals'
import type { Route, V1Service } from '@knative-ts/apis'
import { testConfig } from '../testing/config.ts'
import { testRoute } from '../testing/serving-objects.ts'
import { expandedLocalHosts, hostsOfRoute } from './domains.ts'

interface Given {
  route?: (route: Route) => void
  network?: Record<string, string>
  domain?: Record<string, string>
  placeholders?: Record<string, Record<string, string>>
}

function hosts({ route = () => {}, network, domain, placeholders = {} }: Given = {}) {
  const object = testRoute(
    'foo',
    [
      { configurationName: 'foo', percent: 100 },
      { configurationName: 'foo', tag: 'blue' },
    ],
    route,
  )
  const config = { ...testConfig({ network, domain }), clusterDomain: 'cluster.local' }
  const service = (name: string): V1Service | undefined =>
    placeholders[name] && { metadata: { name, labels: placeholders[name] } }
  return Object.fromEntries(
    [...hostsOfRoute(object, config, service)].map(([tag, { hostname, host, visibility }]) => [
      tag,
      `${hostname} ${visibility} ${host}`,
    ]),
  )
}

const labelled = (labels: Record<string, string>) => (route: Route) => {
  route.metadata.labels = labels
}

describe('hostsOfRoute', () => {
  test('gives the Route and each tag a host of the default domain', () => {
    expect(hosts()).toEqual({
      '': 'foo ExternalIP foo.default.example.com',
      blue: 'blue-foo ExternalIP blue-foo.default.example.com',
    })
  })

  test('is local when no domain is configured', () => {
    expect(hosts({ domain: {} })).toEqual({
      '': 'foo ClusterLocal foo.default.svc.cluster.local',
      blue: 'blue-foo ClusterLocal blue-foo.default.svc.cluster.local',
    })
  })

  test('makes every tag of a private Route private', () => {
    expect(hosts({ route: labelled({ 'networking.knative.dev/visibility': 'cluster-local' }) })).toEqual({
      '': 'foo ClusterLocal foo.default.svc.cluster.local',
      blue: 'blue-foo ClusterLocal blue-foo.default.svc.cluster.local',
    })
  })

  test('makes one tag private by the label of its placeholder, whatever it says', () => {
    const placeholders = { 'blue-foo': { 'networking.knative.dev/visibility': 'yes' } }
    expect(hosts({ placeholders })).toEqual({
      '': 'foo ExternalIP foo.default.example.com',
      blue: 'blue-foo ClusterLocal blue-foo.default.svc.cluster.local',
    })
    const empty = { 'blue-foo': { 'networking.knative.dev/visibility': '' } }
    expect(hosts({ placeholders: empty })['blue']).toMatch(/ExternalIP/)
  })

  test('makes the Route itself private by its placeholder, and its tags not', () => {
    const placeholders = { foo: { 'networking.knative.dev/visibility': 'cluster-local' } }
    expect(hosts({ placeholders })).toEqual({
      '': 'foo ClusterLocal foo.default.svc.cluster.local',
      blue: 'blue-foo ExternalIP blue-foo.default.example.com',
    })
  })

  test('chooses the domain that selects most labels', () => {
    const domain = {
      'example.com': '',
      'prod.example.com': 'selector:\n  env: prod',
      'b.example.com': 'selector:\n  env: prod\n  team: x',
      'a.example.com': 'selector:\n  env: prod\n  team: x',
    }
    expect(hosts({ domain, route: labelled({ env: 'prod' }) })['']).toMatch(/foo.default.prod.example.com$/)
    expect(hosts({ domain, route: labelled({ env: 'prod', team: 'x' }) })['']).toMatch(
      /foo.default.a.example.com$/,
    )
  })

  test('renders hosts by the templates, and local ones always the same way', () => {
    const network = {
      'domain-template':
        '{{.Name}}-{{.Namespace}}.{{index .Labels "team"}}{{with .Annotations.sub}}.{{.}}{{end}}.{{.Domain}}',
      'tag-template': '{{.Name}}-{{.Tag}}',
    }
    const route = ({ metadata }: Route) => {
      metadata.labels = { team: 'x' }
      metadata.annotations = { sub: 's' }
    }
    expect(hosts({ network, route })).toEqual({
      '': 'foo ExternalIP foo-default.x.s.example.com',
      blue: 'foo-blue ExternalIP foo-blue-default.x.s.example.com',
    })
    expect(hosts({ network, route, domain: {} })['blue']).toBe(
      'foo-blue ClusterLocal foo-blue.default.svc.cluster.local',
    )
  })

  test.each<[string, Given]>([
    ['a label too long', { network: { 'tag-template': `{{.Tag}}-${'x'.repeat(60)}-{{.Name}}` } }],
    ['characters no host has', { network: { 'domain-template': '{{.Name}}_x.{{.Domain}}' } }],
    ['no domain', { network: { 'domain-template': '{{.Name}}' } }],
  ])('refuses a host with %s', (_, given) => {
    expect(() => hosts(given)).toThrow(
      expect.objectContaining({
        code: 'DOMAIN_INVALID',
        message: expect.stringMatching(/^invalid domain name/),
      }),
    )
  })
})

describe('expandedLocalHosts', () => {
  test.each([
    ['n.ns.svc.cluster.local', ['n.ns', 'n.ns.svc', 'n.ns.svc.cluster.local']],
    ['n.123.svc.cluster.local', ['n.123.svc', 'n.123.svc.cluster.local']],
    [
      `n.${'x'.repeat(64)}.svc.cluster.local`,
      [`n.${'x'.repeat(64)}.svc`, `n.${'x'.repeat(64)}.svc.cluster.local`],
    ],
    ['elsewhere.example.com', ['elsewhere.example.com']],
  ])('expands %s', (host, forms) => {
    expect(expandedLocalHosts(host, 'cluster.local')).toEqual(forms)
  })
})
