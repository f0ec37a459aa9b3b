import { describe, expect, test } from '@jest/globals'
import {
  type Certificate,
  type Condition,
  certificates,
  configurations,
  ingresses,
  type Route,
  revisions,
} from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import { existing } from '@knative-ts/reconciler/testing'
import { condition } from '../testing/conditions.ts'
import { testConfig } from '../testing/config.ts'
import { readyConfiguration, testConfiguration, testRevision, testRoute } from '../testing/serving-objects.ts'
import { hostsOfRoute } from './domains.ts'
import { makeExternalCertificate, makeLocalCertificate } from './resources/certificate.ts'
import { type RouteWorld, runRoute } from './testing/run-route.ts'

const configuration = testConfiguration('foo', readyConfiguration('foo-00001'))
const servable = [
  existing(configurations, configuration),
  existing(revisions, testRevision('foo-00001', configuration, 'True')),
]

const route = (change?: (route: Route) => void): Route =>
  testRoute('foo', [{ configurationName: 'foo', percent: 100 }], change)
const tagged = testRoute('foo', [
  { configurationName: 'foo', percent: 100 },
  { configurationName: 'foo', tag: 'blue' },
])

const on = { 'external-domain-tls': 'Enabled', 'http-protocol': 'redirected' }
const onWithHTTP = { 'external-domain-tls': 'Enabled', 'http-protocol': 'enabled' }

function run(
  object: Route,
  network: Record<string, string>,
  more: RouteWorld = {},
  domain?: Record<string, string>,
) {
  return runRoute(object, {
    ...more,
    config: { network, domain },
    world: [...servable, ...(more.world ?? [])],
  })
}

type State = Condition | 'True' | undefined

/** The certificate of one of the Route's tags, in some state. */
function certificateOf(object: Route, state: State, tag = '', isLocal = false): Certificate {
  const config = { ...testConfig(), clusterDomain: 'cluster.local' }
  const hosts = hostsOfRoute(object, config, () => undefined).get(tag)!
  const made = isLocal
    ? makeLocalCertificate(object, config.network, hosts, 'cluster.local')
    : makeExternalCertificate(object, config.network, hosts)
  made.metadata.generation = 1
  if (state) {
    const ready = state === 'True' ? condition('Ready', 'True') : state
    made.status = { observedGeneration: 1, conditions: [ready] }
  }
  return made
}

const waiting = condition('Ready', 'Unknown', 'InProgress', 'still at it')
const broken = condition('Ready', 'False', 'Refused', 'no')

describe('CertificateProvisioned', () => {
  test.each([
    'networking.knative.dev/disable-external-domain-tls',
    'networking.knative.dev/disableAutoTLS',
    'networking.knative.dev/disable-auto-tls',
  ])('is true without a certificate when the Route says %s', async (key) => {
    const object = route(({ metadata }) => {
      metadata.annotations = { [key]: 'true' }
    })
    const { conditions, verbs, status } = await run(object, on)
    expect(conditions['CertificateProvisioned']).toBe('True TLSNotEnabled external-domain-tls is not enabled')
    expect(verbs.filter((verb) => verb.includes('certificates'))).toEqual([])
    expect(status?.url).toBe('http://foo.default.example.com')
  })

  test('heeds the oldest spelling of that annotation first', async () => {
    const object = route(({ metadata }) => {
      metadata.annotations = {
        'networking.knative.dev/disableAutoTLS': 'false',
        'networking.knative.dev/disable-external-domain-tls': 'true',
      }
    })
    const { verbs } = await run(object, on)
    expect(verbs).toContain('create certificates/route-uid-route-foo')
  })

  test('is true without a certificate when no host is public', async () => {
    const { conditions, verbs } = await run(route(), on, {}, {})
    expect(conditions['CertificateProvisioned']).toBe(
      'True TLSNotEnabled TLS is not enabled for cluster-local',
    )
    expect(verbs.filter((verb) => verb.includes('certificates'))).toEqual([])
  })

  test.each<[string, State, Record<string, string>, string, string, boolean]>([
    ['ready', 'True', on, 'True', 'https', true],
    [
      'on its way',
      waiting,
      on,
      'Unknown CertificateNotReady Certificate route-uid-route-foo is not ready: InProgress',
      'https',
      false,
    ],
    [
      'refused',
      broken,
      on,
      'False CertificateProvisionFailed Certificate route-uid-route-foo fails to be provisioned: Refused',
      'https',
      false,
    ],
    [
      'on its way while plain HTTP is allowed',
      waiting,
      onWithHTTP,
      'True HTTPDowngrade Certificate route-uid-route-foo is not ready downgrade HTTP.',
      'http',
      false,
    ],
    [
      'refused while plain HTTP is allowed',
      broken,
      onWithHTTP,
      'True HTTPDowngrade Certificate route-uid-route-foo is not ready downgrade HTTP.',
      'http',
      false,
    ],
  ])('says that the certificate is %s', async (_, state, network, expected, scheme, serves) => {
    const { conditions, status, client } = await run(route(), network, {
      world: [existing(certificates, certificateOf(route(), state))],
    })
    expect(conditions['CertificateProvisioned']).toBe(expected)
    expect(status?.url).toBe(`${scheme}://foo.default.example.com`)
    expect(client.peek(ingresses, 'default', 'foo')?.spec.tls).toEqual(
      serves
        ? [
            {
              hosts: ['foo.default.example.com'],
              secretName: 'route-uid-route-foo',
              secretNamespace: 'default',
            },
          ]
        : undefined,
    )
  })

  test('says how the worst of several fares', async () => {
    const { conditions, status } = await run(tagged, on, {
      world: [
        existing(certificates, certificateOf(tagged, broken)),
        existing(certificates, certificateOf(tagged, 'True', 'blue')),
      ],
    })
    expect(conditions['CertificateProvisioned']).toMatch(/^False CertificateProvisionFailed/)
    expect(status?.traffic?.[1]?.url).toBe('https://blue-foo.default.example.com')
  })

  test('is false when the certificate belongs to someone else', async () => {
    const foreign = certificateOf(route(), 'True')
    delete foreign.metadata.ownerReferences
    const { conditions, outcome } = await run(route(), on, { world: [existing(certificates, foreign)] })
    expect(conditions['CertificateProvisioned']).toBe(
      "False CertificateNotOwned There is an existing certificate route-uid-route-foo that we don't own.",
    )
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'NOT_OWNED' } })
  })

  test('is false when the certificate can not be created', async () => {
    const { conditions, events } = await run(route(), on, {
      failing: ({ verb, resource }) => {
        if (verb === 'create' && resource === 'certificates') {
          throw new ApiError('Forbidden', 'not today', { status: 403 })
        }
      },
    })
    expect(conditions['CertificateProvisioned']).toMatch(/^False CertificateProvisionFailed/)
    expect(events).toContain(
      'Warning CreationFailed Failed to create Certificate default/route-uid-route-foo: not today',
    )
  })
})

describe('the certificates of a Route', () => {
  test('follow their host', async () => {
    const old = certificateOf(route(), 'True')
    old.spec.dnsNames = ['foo.default.example.org']
    const { events, client } = await run(route(), on, { world: [existing(certificates, old)] })
    expect(events).toContain('Normal Updated Updated Spec for Certificate default/route-uid-route-foo')
    expect(client.peek(certificates, 'default', 'route-uid-route-foo')?.spec.dnsNames).toEqual([
      'foo.default.example.com',
    ])
  })

  test('give way to one for the whole domain', async () => {
    const wildcard: Certificate = {
      metadata: {
        name: 'default.example.com',
        namespace: 'default',
        generation: 1,
        labels: { 'networking.knative.dev/wildcardDomain': 'example.com' },
      },
      spec: { dnsNames: ['*.default.example.com'], secretName: 'wildcard' },
      status: { observedGeneration: 1, conditions: [condition('Ready', 'True')] },
    }
    const { verbs, client, conditions } = await run(route(), on, {
      world: [existing(certificates, wildcard)],
    })
    expect(verbs.filter((verb) => verb.includes('certificates'))).toEqual([])
    expect(conditions['CertificateProvisioned']).toBe('True')
    expect(client.peek(ingresses, 'default', 'foo')?.spec.tls).toEqual([
      { hosts: ['foo.default.example.com'], secretName: 'wildcard', secretNamespace: 'default' },
    ])
  })

  test('keep their challenges while they are renewed', async () => {
    const renewing = certificateOf(route(), 'True')
    renewing.status!.conditions!.push(condition('Renewing', 'True'))
    renewing.status!.http01Challenges = [
      { url: 'http://foo.default.example.com/.well-known/acme-challenge/x', serviceName: 'solver' },
    ]
    const { client } = await run(route(), on, { world: [existing(certificates, renewing)] })
    const external = client.peek(ingresses, 'default', 'foo')?.spec.rules?.[1]
    expect(external?.http?.paths.map(({ path }) => path)).toEqual([
      '/.well-known/acme-challenge/x',
      undefined,
    ])
  })

  test('that can not be deleted are reported', async () => {
    const orphan = certificateOf(tagged, 'True', 'blue')
    const { events, outcome } = await run(route(), on, {
      world: [existing(certificates, orphan)],
      failing: ({ verb }) => {
        if (verb === 'delete') throw new ApiError('Forbidden', 'not today', { status: 403 })
      },
    })
    const { name } = orphan.metadata
    expect(events).toContain(
      `Normal DeleteFailed Failed to delete orphaned Knative Certificate default/${name}: not today`,
    )
    expect(outcome.kind).toBe('retry')
  })

  test('inside the cluster make its addresses https', async () => {
    const network = { 'cluster-local-domain-tls': 'enabled' }
    const ready = existing(certificates, certificateOf(route(), 'True', '', true))
    const external = await run(route(), network, { world: [ready] })
    expect(external.status).toMatchObject({
      url: 'http://foo.default.example.com',
      address: { url: 'https://foo.default.svc.cluster.local' },
    })
    expect(external.conditions['CertificateProvisioned']).toBe('True')
    const local = await run(route(), network, { world: [ready] }, {})
    expect(local.status?.url).toBe('https://foo.default.svc.cluster.local')
  })

  test('inside the cluster are waited for even where plain HTTP is allowed', async () => {
    const { conditions, status } = await run(route(), { 'cluster-local-domain-tls': 'enabled' })
    expect(conditions['CertificateProvisioned']).toMatch(/^Unknown CertificateNotReady/)
    expect(status?.address?.url).toBe('http://foo.default.svc.cluster.local')
  })

  test('keep a URL https while there are other worries', async () => {
    const object = testRoute('foo', [{ revisionName: 'none', percent: 100 }])
    object.status = { url: 'https://foo.default.example.com' }
    const { status } = await run(object, on)
    expect(status?.url).toBe('https://foo.default.example.com')
    const withoutTLS = await run(
      route((changed) => {
        changed.status = { url: 'https://foo.default.example.com' }
      }),
      {},
    )
    expect(withoutTLS.status?.url).toBe('http://foo.default.example.com')
  })
})
