import { describe, expect, test } from '@jest/globals'
import {
  configurations,
  controllerReference,
  coreServices,
  type Ingress,
  ingresses,
  routes,
} from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ApiError } from '@knative-ts/kube'
import { existing } from '@knative-ts/reconciler/testing'
import { condition } from '../testing/conditions.ts'
import { testConfiguration, testRoute } from '../testing/serving-objects.ts'
import { ingressOf, ready, route, runWithRevision } from './testing/servable-route.ts'

describe('Route reconciler', () => {
  test('makes a placeholder and an Ingress for a servable Route', async () => {
    const { verbs, events, conditions, status, writes, outcome } = await runWithRevision(
      route(({ metadata }) => {
        metadata.labels = { 'serving.knative.dev/service': 'foo', team: 'a' }
        metadata.annotations = {
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'networking.knative.dev/certificate-class': 'x',
          own: 'yes',
        }
      }),
    )
    expect(conditions['AllTrafficAssigned']).toBe('True')
    expect(verbs).toEqual(['create services/foo', 'create ingresses/foo', 'update-status routes/foo'])
    expect(events).toEqual([
      'Normal Created Created placeholder service "foo"',
      'Normal Created Created Ingress "foo"',
    ])
    expect(outcome.kind).toBe('done')
    expect(conditions).toEqual({
      AllTrafficAssigned: 'True',
      CertificateProvisioned: 'True TLSNotEnabled external-domain-tls is not enabled',
      IngressReady: 'Unknown IngressNotConfigured Ingress has not yet been reconciled.',
      Ready: 'Unknown IngressNotConfigured Ingress has not yet been reconciled.',
    })
    expect(status).toMatchObject({
      observedGeneration: 1,
      url: 'http://foo.default.example.com',
      address: { url: 'http://foo.default.svc.cluster.local' },
      traffic: [{ revisionName: 'foo-00001', percent: 100, latestRevision: true }],
    })
    const ownerReferences = [controllerReference(routes, route())]
    expect(writes[0]?.object).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: expect.objectContaining({
        name: 'foo',
        namespace: 'default',
        labels: { 'serving.knative.dev/service': 'foo', 'serving.knative.dev/route': 'foo', team: 'a' },
        ownerReferences,
      }),
      spec: {
        type: 'ExternalName',
        externalName: 'foo.default.example.com',
        sessionAffinity: 'None',
        ports: [{ name: 'http2', port: 80, targetPort: 80, appProtocol: 'kubernetes.io/h2c' }],
      },
    })
    expect(writes[1]?.object?.metadata).toMatchObject({
      labels: {
        'serving.knative.dev/route': 'foo',
        'serving.knative.dev/routeNamespace': 'default',
        'serving.knative.dev/service': 'foo',
        team: 'a',
      },
      ownerReferences,
    })
    expect(writes[1]?.object?.metadata.annotations).toEqual({
      'networking.knative.dev/ingress.class': 'istio.ingress.networking.knative.dev',
      'networking.internal.knative.dev/rollout':
        '{"configurations":[{"configurationName":"foo","percent":100,"revisions":[{"revisionName":"foo-00001","percent":100}],"stepParams":{}}]}',
      own: 'yes',
    })
  })

  test('reports a target that can not be served, and leaves its children alone', async () => {
    const object = testRoute('foo', [{ revisionName: 'none', percent: 100 }])
    const { conditions, verbs, outcome, status, tracked } = await runWithRevision(object)
    expect(conditions).toMatchObject({
      AllTrafficAssigned: 'False RevisionMissing Revision "none" referenced in traffic not found.',
      Ready: 'False RevisionMissing Revision "none" referenced in traffic not found.',
    })
    expect(status?.url).toBe('http://foo.default.example.com')
    expect(verbs).toEqual(['update-status routes/foo'])
    expect(outcome.kind).toBe('done')
    expect(tracked).toEqual(['Revision none'])
  })

  test('reports a target that is not ready yet', async () => {
    const waiting = testConfiguration('waiting')
    const object = testRoute('foo', [{ configurationName: 'waiting', percent: 100 }])
    const { conditions } = await runWithRevision(object, { world: [existing(configurations, waiting)] })
    expect(conditions['AllTrafficAssigned']).toBe(
      'Unknown RevisionMissing Configuration "waiting" is waiting for a Revision to become ready.',
    )
  })

  test('reports a host that can not be', async () => {
    const { conditions, outcome, verbs } = await runWithRevision(route(), {
      config: { network: { 'domain-template': '{{.Name}}_{{.Domain}}' } },
    })
    expect(conditions['AllTrafficAssigned']).toMatch(
      /^False ErrorConfig invalid domain name "foo_example.com": it must be/,
    )
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'DOMAIN_INVALID' } })
    expect(verbs).toEqual(['update-status routes/foo'])
  })

  test('tracks what its targets name', async () => {
    const { tracked } = await runWithRevision(route())
    expect(tracked).toEqual(['Configuration foo', 'Revision foo-00001'])
  })

  test('becomes ready with its Ingress, points the placeholder at the gateway, and rests', async () => {
    const ingress = await ingressOf(route(), ready)
    const first = await runWithRevision(route(), { world: [existing(ingresses, ingress)] })
    expect(first.conditions).toEqual({
      AllTrafficAssigned: 'True',
      CertificateProvisioned: 'True TLSNotEnabled external-domain-tls is not enabled',
      IngressReady: 'True',
      Ready: 'True',
    })
    const placeholder = first.client.peek(coreServices, 'default', 'foo')!
    expect(placeholder.spec?.externalName).toBe('private.example')
    const second = await runWithRevision(first.client.peek(routes, 'default', 'foo')!, {
      world: [existing(ingresses, ingress), existing(coreServices, placeholder)],
    })
    expect(second.verbs).toEqual([])
  })

  test.each<[string, boolean]>([
    ['known', true],
    ['not yet known', false],
  ])('waits until the Ingress of a deleted Route of its name is gone: %s', async (_, known) => {
    const former = route(({ metadata }) => {
      metadata.uid = 'former'
    })
    const left = await ingressOf(former, ready)
    const { conditions, outcome, verbs } = await runWithRevision(route(), {
      world: known ? [existing(ingresses, left)] : [],
      failing: ({ verb, resource }, client) => {
        if (verb === 'create' && resource === 'ingresses') client.seed(ingresses, left)
      },
    })
    expect(conditions['IngressReady']).toBe(
      'Unknown IngressNotConfigured Ingress has not yet been reconciled.',
    )
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'NOT_OWNED' } })
    expect(verbs).toEqual(['create services/foo', 'update-status routes/foo'])
  })

  test.each<[string, (ingress: Ingress) => void, string]>([
    [
      'has not been looked at',
      (ingress) => {
        ready(ingress)
        ingress.metadata.generation = 7
      },
      'Unknown IngressNotConfigured Ingress has not yet been reconciled.',
    ],
    [
      'says nothing',
      (ingress) => {
        ingress.status = { observedGeneration: 1 }
      },
      'Unknown IngressNotConfigured Ingress has not yet been reconciled.',
    ],
    [
      'waits',
      (ingress) => {
        const text = 'Waiting for load balancer to be ready'
        ingress.status = {
          observedGeneration: 1,
          conditions: [condition('Ready', 'Unknown', 'Uninitialized', text)],
        }
      },
      'Unknown Uninitialized Waiting for load balancer to be ready',
    ],
    [
      'failed',
      (ingress) => {
        ingress.status = {
          observedGeneration: 1,
          conditions: [condition('Ready', 'False', 'DomainConflict', 'taken')],
        }
      },
      'False DomainConflict taken',
    ],
  ])('copies an Ingress that %s', async (_, change, expected) => {
    const ingress = await ingressOf(route(), change)
    const { conditions } = await runWithRevision(route(), { world: [existing(ingresses, ingress)] })
    expect(conditions['IngressReady']).toBe(expected)
  })

  test('forgets that the Ingress was ready when its own spec changes', async () => {
    const changed = route(({ metadata, spec }) => {
      metadata.generation = 2
      spec.traffic = [{ revisionName: 'none', percent: 100, latestRevision: false }]
    })
    changed.status = { observedGeneration: 1, conditions: [condition('IngressReady', 'True')] }
    const { conditions } = await runWithRevision(changed)
    expect(conditions['IngressReady']).toBe(
      'Unknown IngressNotConfigured Ingress has not yet been reconciled.',
    )
  })

  test('overwrites an Ingress that drifted', async () => {
    const ingress = await ingressOf(route(), (object) => {
      object.metadata.labels = { other: 'label' }
      object.spec.rules = []
    })
    const { verbs, client } = await runWithRevision(route(), { world: [existing(ingresses, ingress)] })
    expect(verbs).toContain('update ingresses/foo')
    const after = client.peek(ingresses, 'default', 'foo')
    expect(after?.metadata.labels).not.toHaveProperty('other')
    expect(after?.spec.rules).toHaveLength(2)
  })

  test('reports that the Ingress can not be created', async () => {
    const { events, outcome } = await runWithRevision(route(), {
      failing: ({ verb, resource }) => {
        if (verb === 'create' && resource === 'ingresses') {
          throw new ApiError('Forbidden', 'not today', { status: 403 })
        }
      },
    })
    expect(events).toContain('Warning CreationFailed Failed to create Ingress: not today')
    expect(events).toContain('Warning InternalError failed to create Ingress: not today')
    expect(outcome.kind).toBe('retry')
  })

  test('loses a race for the Ingress without a word, and does not call itself ready', async () => {
    const ingress = await ingressOf(route(), (object) => {
      ready(object)
      object.spec.rules = []
    })
    const servedSoFar = route((object) => {
      object.status = { observedGeneration: 1, conditions: [condition('IngressReady', 'True')] }
    })
    const { events, outcome, conditions } = await runWithRevision(servedSoFar, {
      world: [existing(ingresses, ingress)],
      failing: ({ verb, resource }) => {
        if (verb === 'update' && resource === 'ingresses') {
          throw new ApiError('Conflict', 'too late', { status: 409 })
        }
      },
    })
    expect(events.filter((event) => event.startsWith('Warning'))).toEqual([])
    expect(outcome.kind).toBe('retry')
    expect(conditions['Ready']).toMatch(/^Unknown IngressNotConfigured/)
  })

  test('refuses an HTTP option that does not exist', async () => {
    const { events } = await runWithRevision(
      route(({ metadata }) => {
        metadata.annotations = { 'networking.knative.dev/http-protocol': 'off' }
      }),
    )
    expect(events).toContain(
      'Warning InternalError incorrect HTTPOption annotation: off; set networking.knative.dev/http-protocol to Enabled or Redirected',
    )
  })

  test('uses the scheme that outside URLs are configured with', async () => {
    const config = { network: { 'default-external-scheme': 'https' } }
    const object = testRoute('foo', [
      { configurationName: 'foo', percent: 100 },
      { configurationName: 'foo', tag: 'blue' },
    ])
    const outside = await runWithRevision(object, { config })
    expect(outside.status?.url).toBe('https://foo.default.example.com')
    expect(outside.status?.traffic?.[1]?.url).toBe('https://blue-foo.default.example.com')
    expect(outside.status?.address?.url).toBe('http://foo.default.svc.cluster.local')
    const inside = await runWithRevision(object, { config: { ...config, domain: {} } })
    expect(inside.status?.url).toBe('http://foo.default.svc.cluster.local')
  })
})

describe('a Route that is going', () => {
  test('is left alone', async () => {
    const { verbs } = await runWithRevision(
      route(({ metadata }) => {
        Object.assign(metadata, testMeta('foo'), { deletionTimestamp: '2026-05-01T00:00:00Z' })
      }),
    )
    expect(verbs).toEqual([])
  })
})
