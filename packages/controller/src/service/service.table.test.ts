import { describe, expect, test } from '@jest/globals'
import { configurations, controllerReference, routes, type StatusBase, services } from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import { existing } from '@knative-ts/reconciler/testing'
import { condition } from '../testing/conditions.ts'
import { readyConfiguration, testConfiguration, testService } from '../testing/serving-objects.ts'
import { makeRoute } from './resources/route.ts'
import { type Fault, ownConfiguration, ownRoute, readyRoute, runService } from './testing/run-service.ts'

const forbidden = (verb: string, resource: string): Fault => {
  return (request) => {
    if (request.verb === verb && request.resource === resource) {
      throw new ApiError('Forbidden', 'not today', { status: 403 })
    }
  }
}

describe('Service reconciler', () => {
  test('creates Configuration and Route under its own name', async () => {
    const service = testService('foo', ({ metadata }) => {
      metadata.labels = { team: 'a' }
      metadata.annotations = {
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'serving.knative.dev/creator': 'me',
        'serving.knative.dev/rollout-duration': '10s',
        'serving.knative.dev/rolloutDuration': '20s',
      }
    })
    const { writes, verbs, events, conditions } = await runService([existing(services, service)])
    expect(verbs).toEqual(['create configurations/foo', 'create routes/foo', 'update-status services/foo'])
    expect(events).toEqual([
      'Normal Created Created Configuration "foo"',
      'Normal Created Created Route "foo"',
    ])
    const ownerReferences = [controllerReference(services, service)]
    expect(writes[0]?.object).toMatchObject({
      metadata: {
        name: 'foo',
        namespace: 'default',
        labels: {
          team: 'a',
          'serving.knative.dev/service': 'foo',
          'serving.knative.dev/serviceUID': 'uid-foo',
        },
        annotations: { 'serving.knative.dev/creator': 'me', 'serving.knative.dev/routes': 'foo' },
        ownerReferences,
      },
      spec: { template: service.spec.template },
    })
    expect(Object.keys(writes[0]?.object?.metadata.annotations ?? {})).toHaveLength(2)
    expect(writes[1]?.object).toMatchObject({
      metadata: {
        labels: { team: 'a', 'serving.knative.dev/service': 'foo' },
        annotations: {
          'serving.knative.dev/creator': 'me',
          'serving.knative.dev/rollout-duration': '10s',
          'serving.knative.dev/rolloutDuration': '20s',
        },
        ownerReferences,
      },
      spec: { traffic: [{ latestRevision: true, percent: 100, configurationName: 'foo' }] },
    })
    expect(conditions).toEqual({
      ConfigurationsReady:
        'Unknown OutOfDate The Configuration is still working to reflect the latest desired specification.',
      Ready: 'Unknown OutOfDate The Route is still working to reflect the latest desired specification.',
      RoutesReady:
        'Unknown OutOfDate The Route is still working to reflect the latest desired specification.',
    })
  })

  test('leaves targets that name a revision as they are', () => {
    const service = testService('foo', ({ spec }) => {
      spec.traffic = [
        { revisionName: 'foo-00001', percent: 50 },
        { latestRevision: true, percent: 50, tag: 'next' },
      ]
    })
    expect(makeRoute(service).spec.traffic).toEqual([
      { revisionName: 'foo-00001', percent: 50 },
      { latestRevision: true, percent: 50, tag: 'next', configurationName: 'foo' },
    ])
  })

  test.each(['configurations', 'routes'])('reports that %s can not be created', async (resource) => {
    const { events, outcome } = await runService(
      [existing(services, testService('foo'))],
      forbidden('create', resource),
    )
    const kind = resource === 'routes' ? 'Route' : 'Configuration'
    expect(events).toContain(`Warning CreationFailed Failed to create ${kind} "foo": not today`)
    expect(events).toContain(`Warning InternalError failed to create ${kind}: not today`)
    expect(outcome.kind).toBe('retry')
  })

  test('uses a Configuration that the cache does not show yet', async () => {
    const service = testService('foo')
    const seen: string[] = []
    const { verbs, events } = await runService(
      [existing(services, service)],
      ({ verb, resource }, client) => {
        if (verb === 'create' && resource === 'configurations' && seen.push(resource) === 1) {
          client.seed(configurations, ownConfiguration(service))
        }
      },
    )
    expect(verbs).toEqual(['create routes/foo', 'update-status services/foo'])
    expect(events).toEqual(['Normal Created Created Route "foo"'])
  })

  test('does not touch a Configuration that it does not own', async () => {
    const { verbs, conditions, outcome } = await runService([
      existing(services, testService('foo')),
      existing(configurations, testConfiguration('foo')),
    ])
    expect(verbs).toEqual(['update-status services/foo'])
    expect(conditions['ConfigurationsReady']).toBe(
      'False NotOwned There is an existing Configuration "foo" that we do not own.',
    )
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'NOT_OWNED' } })
  })

  test('does not touch a Route that it does not own', async () => {
    const service = testService('foo')
    const { conditions, outcome } = await runService([
      existing(services, service),
      existing(configurations, ownConfiguration(service)),
      existing(
        routes,
        ownRoute(service, ({ metadata }) => delete metadata.ownerReferences),
      ),
    ])
    expect(conditions['RoutesReady']).toBe(
      'False NotOwned There is an existing Route "foo" that we do not own.',
    )
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'NOT_OWNED' } })
  })

  test('overwrites what drifted on its children, and removes what was added', async () => {
    const service = testService('foo')
    const { verbs, client } = await runService([
      existing(services, service),
      existing(
        configurations,
        ownConfiguration(service, ({ metadata, spec }) => {
          metadata.labels = { extra: 'x' }
          spec.template.spec.containers[0]!.image = 'other'
        }),
      ),
      existing(
        routes,
        ownRoute(service, ({ metadata }) => (metadata.annotations = { extra: 'x' })),
      ),
    ])
    expect(verbs).toEqual(['update configurations/foo', 'update routes/foo', 'update-status services/foo'])
    const configuration = client.peek(configurations, 'default', 'foo')
    expect(configuration?.spec).toEqual({ template: service.spec.template })
    expect(configuration?.metadata.labels).not.toHaveProperty('extra')
    expect(client.peek(routes, 'default', 'foo')?.metadata.annotations).toEqual({})
  })

  test('keeps the routes that the Configuration already lists', async () => {
    const service = testService('foo')
    const { verbs } = await runService([
      existing(services, service),
      existing(
        configurations,
        ownConfiguration(service, ({ metadata }) => {
          metadata.annotations = { 'serving.knative.dev/routes': 'bar,foo' }
        }),
      ),
      existing(routes, ownRoute(service)),
    ])
    expect(verbs).toEqual(['update-status services/foo'])
  })

  test('takes differences that defaulting makes for none', async () => {
    const service = testService('foo')
    const { verbs } = await runService([
      existing(services, service),
      existing(
        configurations,
        ownConfiguration(service, ({ spec }) => delete spec.template.spec.timeoutSeconds),
      ),
      existing(routes, ownRoute(service)),
    ])
    expect(verbs).toEqual(['update-status services/foo'])
  })

  test('loses a race without a word', async () => {
    const service = testService('foo')
    const { events, outcome } = await runService(
      [
        existing(services, service),
        existing(
          configurations,
          ownConfiguration(service, ({ metadata }) => (metadata.labels = {})),
        ),
      ],
      ({ verb }) => {
        if (verb === 'update') throw new ApiError('Conflict', 'too late', { status: 409 })
      },
    )
    expect(events).toEqual([])
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'Conflict' } })
  })

  test('becomes ready when both children are, and takes over what they report', async () => {
    const service = testService('foo')
    const {
      service: after,
      conditions,
      events,
    } = await runService([
      existing(services, service),
      existing(configurations, ownConfiguration(service, readyConfiguration('foo-00001'))),
      existing(routes, ownRoute(service, readyRoute('foo-00001'))),
    ])
    expect(conditions).toEqual({ ConfigurationsReady: 'True', Ready: 'True', RoutesReady: 'True' })
    expect(after?.status).toMatchObject({
      observedGeneration: 1,
      latestCreatedRevisionName: 'foo-00001',
      latestReadyRevisionName: 'foo-00001',
      url: 'http://foo.default.example.com',
      address: { url: 'http://foo.default.svc.cluster.local' },
      traffic: [{ revisionName: 'foo-00001', percent: 100, latestRevision: true }],
    })
    expect(events).toEqual([])
  })

  test.each<[string, StatusBase['conditions'], string]>([
    [
      'failed',
      [condition('Ready', 'False', 'RevisionFailed', 'Revision "foo-00001" failed with message: boom.')],
      'False RevisionFailed Revision "foo-00001" failed with message: boom.',
    ],
    ['unknown', [condition('Ready', 'Unknown')], 'Unknown'],
  ])('copies a Configuration that is %s', async (_, written, expected) => {
    const service = testService('foo')
    const { conditions } = await runService([
      existing(services, service),
      existing(
        configurations,
        ownConfiguration(service, (object) => {
          object.status = { observedGeneration: 1, conditions: written }
        }),
      ),
      existing(routes, ownRoute(service, readyRoute('foo-00001'))),
    ])
    expect(conditions['ConfigurationsReady']).toBe(expected)
  })

  test('says that traffic has not moved to the latest revision yet', async () => {
    const service = testService('foo')
    const { conditions } = await runService([
      existing(services, service),
      existing(configurations, ownConfiguration(service, readyConfiguration('foo-00002'))),
      existing(routes, ownRoute(service, readyRoute('foo-00001'))),
    ])
    const text = 'Unknown TrafficNotMigrated Traffic is not yet migrated to the latest revision.'
    expect(conditions).toMatchObject({ RoutesReady: text, Ready: text })
  })

  test('says so too when the Route reports another number of targets', async () => {
    const service = testService('foo')
    const { conditions } = await runService([
      existing(services, service),
      existing(configurations, ownConfiguration(service, readyConfiguration('foo-00001'))),
      existing(
        routes,
        ownRoute(service, (route) => {
          readyRoute('foo-00001')(route)
          route.status!.traffic!.push({ revisionName: 'foo-00001', percent: 0 })
        }),
      ),
    ])
    expect(conditions['RoutesReady']).toMatch(/^Unknown TrafficNotMigrated/)
  })

  test('lets deletion take its course', async () => {
    const { verbs } = await runService([
      existing(
        services,
        testService('foo', ({ metadata }) => {
          metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
        }),
      ),
    ])
    expect(verbs).toEqual([])
  })
})
