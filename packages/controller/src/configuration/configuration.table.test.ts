import { describe, expect, test } from '@jest/globals'
import {
  type Configuration,
  configurationConditions,
  configurations,
  controllerReference,
  type Revision,
  revisions,
  setConfigurationDefaults,
} from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import type { FakeKubeClient, Interceptor } from '@knative-ts/kube/testing'
import { ResourceReconciler } from '@knative-ts/reconciler'
import { existing, runTableRow } from '@knative-ts/reconciler/testing'
import { indexRevisionsByConfiguration } from '../revision-indexes.ts'
import { condition, conditionTexts } from '../testing/conditions.ts'
import { testConfig } from '../testing/config.ts'
import { readyConfiguration, testConfiguration, testRevision } from '../testing/serving-objects.ts'
import { ConfigurationReconciler } from './configuration.ts'

type Fault = (request: Parameters<Interceptor>[0], client: FakeKubeClient) => void

const nowMs = Date.UTC(2026, 4, 1, 12, 0, 0, 500)

async function run(configuration: Configuration, world: Revision[] = [], fault?: Fault) {
  const config = testConfig()
  const row = {
    key: 'default/foo',
    nowMs,
    world: [
      existing(configurations, configuration),
      ...world.map((revision) => existing(revisions, revision)),
    ],
  }
  const result = await runTableRow(row, ({ client, informers, clock, events }) => {
    if (fault) client.intercept((request) => fault(request, client))
    const primary = informers.informer(configurations)
    const revisionInformer = informers.informer(revisions)
    indexRevisionsByConfiguration(revisionInformer)
    return new ResourceReconciler({
      client,
      clock,
      events,
      type: configurations,
      lister: primary.lister,
      conditions: configurationConditions,
      setDefaults: (object) => setConfigurationDefaults(object, config),
      kind: new ConfigurationReconciler({ client, clock, events, revisions: revisionInformer.lister }),
    })
  })
  const after = result.client.peek(configurations, 'default', 'foo')
  const verbs = result.writes.map(({ verb, resource, name }) => `${verb} ${resource}/${name}`)
  return { ...result, status: after?.status, verbs, ready: conditionTexts(after?.status)['Ready'] }
}

function atGeneration(generation: number, change: (object: Configuration) => void = () => {}): Configuration {
  return testConfiguration('foo', (object) => {
    object.metadata.generation = generation
    change(object)
  })
}

const generation1 = atGeneration(1)
const generation2 = atGeneration(2)
const generation3 = atGeneration(3)
const failed = condition('Ready', 'False', 'ExitCode1', 'Container failed with: boom')

describe('Configuration reconciler', () => {
  test('makes a pending revision of a Configuration of its own', async () => {
    const configuration = atGeneration(1, ({ metadata, spec }) => {
      metadata.annotations = { 'serving.knative.dev/lastModifier': 'somebody' }
      spec.template.metadata = {
        labels: { team: 'a' },
        annotations: { 'autoscaling.knative.dev/min-scale': '1' },
      }
    })
    const { writes, verbs, events, status, ready } = await run(configuration)
    expect(verbs).toEqual(['create revisions/foo-00001', 'update-status configurations/foo'])
    expect(writes[0]?.object).toMatchObject({
      metadata: {
        name: 'foo-00001',
        namespace: 'default',
        labels: {
          team: 'a',
          'serving.knative.dev/configuration': 'foo',
          'serving.knative.dev/configurationGeneration': '1',
          'serving.knative.dev/configurationUID': 'uid-cfg-foo',
          'serving.knative.dev/routingState': 'pending',
        },
        annotations: {
          'autoscaling.knative.dev/min-scale': '1',
          'serving.knative.dev/creator': 'somebody',
          'serving.knative.dev/routingStateModified': '2026-05-01T12:00:00Z',
        },
        ownerReferences: [controllerReference(configurations, configuration)],
      },
      spec: configuration.spec.template.spec,
    })
    expect(writes[0]?.object?.metadata.labels).not.toHaveProperty(['serving.knative.dev/service'])
    expect(writes[0]?.object?.metadata.annotations).not.toHaveProperty(['serving.knative.dev/routes'])
    expect(events).toEqual(['Normal Created Created Revision "foo-00001"'])
    expect(status).toMatchObject({ observedGeneration: 1, latestCreatedRevisionName: 'foo-00001' })
    expect(ready).toBe('Unknown')
  })

  test('makes an active revision of a Configuration that a Route lists', async () => {
    const { writes } = await run(
      atGeneration(12, ({ metadata }) => {
        metadata.annotations = { 'serving.knative.dev/routes': 'foo' }
        metadata.labels = {
          'serving.knative.dev/service': 'foo',
          'serving.knative.dev/serviceUID': 'uid-foo',
        }
      }),
    )
    expect(writes[0]?.object?.metadata).toMatchObject({
      name: 'foo-00012',
      labels: {
        'serving.knative.dev/service': 'foo',
        'serving.knative.dev/serviceUID': 'uid-foo',
        'serving.knative.dev/routingState': 'active',
      },
      annotations: { 'serving.knative.dev/routes': 'foo' },
    })
  })

  test('makes no second revision of a generation', async () => {
    const { verbs } = await run(generation1, [testRevision('foo-00001', generation1)])
    expect(verbs).toEqual(['update-status configurations/foo'])
  })

  test('makes no new revision when only metadata changed', async () => {
    const { verbs } = await run(
      atGeneration(1, (object) => {
        readyConfiguration('foo-00001')(object)
        object.metadata.labels = { changed: 'yes' }
      }),
      [testRevision('foo-00001', generation1, 'True')],
    )
    expect(verbs).toEqual([])
  })

  test('takes the revision that the cache did not show', async () => {
    const { verbs, events } = await run(generation1, [], ({ verb, resource }, client) => {
      if (verb === 'create' && resource === 'revisions') {
        client.seed(revisions, testRevision('foo-00001', generation1))
      }
    })
    expect(verbs).toEqual(['update-status configurations/foo'])
    expect(events).toEqual([])
  })

  test('retries when its name turns out to be taken', async () => {
    const { ready, outcome, events } = await run(generation1, [
      testRevision('foo-00001', testConfiguration('bar')),
    ])
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'CREATE_FAILED' } })
    expect(ready).not.toMatch(/RevisionFailed/)
    expect(events).toEqual([
      'Warning InternalError failed to create Revision: revisions.serving.knative.dev "foo-00001" already exists',
    ])
  })

  test('reports that the revision can not be created', async () => {
    const { ready, outcome, events } = await run(generation1, [], ({ verb, resource }) => {
      if (verb === 'create' && resource === 'revisions') {
        throw new ApiError('Forbidden', 'exceeded quota', { status: 403 })
      }
    })
    expect(ready).toBe('False RevisionFailed Revision creation failed with message: exceeded quota.')
    expect(events).toEqual([
      'Warning CreationFailed Failed to create Revision: exceeded quota',
      'Warning InternalError failed to create Revision: exceeded quota',
    ])
    expect(outcome.kind).toBe('retry')
  })

  test('becomes ready with its first revision', async () => {
    const { status, ready, events } = await run(generation1, [testRevision('foo-00001', generation1, 'True')])
    expect(ready).toBe('True')
    expect(status).toMatchObject({
      latestCreatedRevisionName: 'foo-00001',
      latestReadyRevisionName: 'foo-00001',
    })
    expect(events).toEqual([
      'Normal ConfigurationReady Configuration becomes ready',
      'Normal LatestReadyUpdate LatestReadyRevisionName updated to "foo-00001"',
    ])
  })

  test('does not take a revision whose news is old for ready', async () => {
    const { status, ready } = await run(generation1, [
      testRevision('foo-00001', generation1, 'True', ({ metadata }) => {
        metadata.generation = 2
      }),
    ])
    expect(status?.latestReadyRevisionName).toBeUndefined()
    expect(ready).toBe('Unknown')
  })

  test('keeps serving the old revision until the new one is ready', async () => {
    const { status, ready } = await run(
      atGeneration(2, (object) => {
        readyConfiguration('foo-00001')(object)
        object.status!.observedGeneration = 1
      }),
      [testRevision('foo-00001', generation1, 'True'), testRevision('foo-00002', generation2, 'Unknown')],
    )
    expect(status).toMatchObject({
      latestCreatedRevisionName: 'foo-00002',
      latestReadyRevisionName: 'foo-00001',
    })
    expect(ready).toBe('Unknown')
  })

  test('moves to the newest ready revision', async () => {
    const { status, ready, events } = await run(
      atGeneration(3, readyConfiguration('foo-00001', 'foo-00003')),
      [
        testRevision('foo-00001', generation1, 'True'),
        testRevision('foo-00003', generation3, 'Unknown'),
        testRevision('foo-00002', generation2, 'True'),
      ],
    )
    expect(status?.latestReadyRevisionName).toBe('foo-00002')
    expect(ready).toBe('Unknown')
    expect(events).toEqual(['Normal LatestReadyUpdate LatestReadyRevisionName updated to "foo-00002"'])
  })

  test('never goes back to an older generation', async () => {
    const { status } = await run(atGeneration(3, readyConfiguration('foo-00002', 'foo-00003')), [
      testRevision('foo-00001', generation1, 'True'),
      testRevision('foo-00002', generation2, 'Unknown'),
      testRevision('foo-00003', generation3, 'Unknown'),
    ])
    expect(status?.latestReadyRevisionName).toBe('foo-00002')
  })

  test('looks at all revisions when the one it served is gone', async () => {
    const { status } = await run(atGeneration(3, readyConfiguration('foo-00002', 'foo-00003')), [
      testRevision('foo-00001', generation1, 'True'),
      testRevision('foo-00003', generation3, 'Unknown'),
    ])
    expect(status?.latestReadyRevisionName).toBe('foo-00001')
  })

  test('reports that the latest created revision failed', async () => {
    const { ready, events } = await run(atGeneration(2, readyConfiguration('foo-00001', 'foo-00002')), [
      testRevision('foo-00001', generation1, 'True'),
      testRevision('foo-00002', generation2, failed),
    ])
    expect(ready).toBe(
      'False RevisionFailed Revision "foo-00002" failed with message: Container failed with: boom.',
    )
    expect(events).toEqual(['Warning LatestCreatedFailed Latest created revision "foo-00002" has failed'])
  })

  test('reports that the latest ready revision failed', async () => {
    const { events } = await run(atGeneration(1, readyConfiguration('foo-00001')), [
      testRevision('foo-00001', generation1, failed),
    ])
    expect(events).toEqual(['Warning LatestReadyFailed Latest ready revision "foo-00001" has failed'])
  })

  test('reports a failure once', async () => {
    const told = atGeneration(2, (object) => {
      readyConfiguration('foo-00001', 'foo-00002')(object)
      object.status!.conditions = [
        condition(
          'Ready',
          'False',
          'RevisionFailed',
          'Revision "foo-00002" failed with message: Container failed with: boom.',
        ),
      ]
    })
    const { events, verbs } = await run(told, [
      testRevision('foo-00001', generation1, 'True'),
      testRevision('foo-00002', generation2, failed),
    ])
    expect(events).toEqual([])
    expect(verbs).toEqual([])
  })

  describe('with a revision name in the template', () => {
    const named = (generation: number, change: (object: Configuration) => void = () => {}) =>
      atGeneration(generation, (object) => {
        object.spec.template.metadata = { name: 'foo-blue' }
        change(object)
      })

    test('creates the revision under that name', async () => {
      const { verbs } = await run(named(4))
      expect(verbs).toEqual(['create revisions/foo-blue', 'update-status configurations/foo'])
    })

    test('reuses it at the same generation', async () => {
      const { verbs } = await run(named(4), [
        testRevision('foo-blue', atGeneration(4), undefined, ({ spec }) => {
          spec.containers[0]!.image = 'resolved'
        }),
      ])
      expect(verbs).toEqual(['update-status configurations/foo'])
    })

    test.each([
      ['of someone else', testRevision('foo-blue', testConfiguration('bar'))],
      [
        'of another template',
        testRevision('foo-blue', generation1, 'True', ({ spec }) => {
          spec.containers[0]!.image = 'older'
        }),
      ],
    ])('refuses a name that is %s', async (_, revision) => {
      const { ready, outcome, verbs } = await run(named(2), [revision])
      expect(ready).toBe(
        'False RevisionFailed Revision creation failed with message: revisions.serving.knative.dev "foo-blue" already exists.',
      )
      expect(outcome.kind).toBe('done')
      expect(verbs).toEqual(['update-status configurations/foo'])
    })

    test('rolls back to an older revision by naming it', async () => {
      const { status, ready } = await run(named(3, readyConfiguration('foo-00002', 'foo-00002')), [
        testRevision('foo-blue', generation1, 'True'),
        testRevision('foo-00002', generation2, 'True'),
      ])
      expect(status).toMatchObject({
        latestCreatedRevisionName: 'foo-blue',
        latestReadyRevisionName: 'foo-blue',
      })
      expect(ready).toBe('True')
    })
  })
})
