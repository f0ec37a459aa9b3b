import { describe, expect, test } from '@jest/globals'
import {
  type Configuration,
  configurations,
  type KubeObject,
  type Revision,
  type Route,
  revisions,
  routeConditions,
  routes,
} from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import { ApiError } from '@knative-ts/kube'
import type { Interceptor } from '@knative-ts/kube/testing'
import { ResourceReconciler } from '@knative-ts/reconciler'
import { existing, runTableRow } from '@knative-ts/reconciler/testing'
import { condition } from '../testing/conditions.ts'
import { readyConfiguration, testConfiguration, testRevision, testRoute } from '../testing/serving-objects.ts'
import { Labeler } from './labeler.ts'
import { indexByListedRoutes } from './routes-index.ts'

const finalizer = 'routes.serving.knative.dev'
const nowMs = Date.UTC(2026, 4, 1, 12, 0, 0, 500)

interface World {
  route: Route
  revisions?: Revision[]
  configurations?: Configuration[]
  failing?: Interceptor
}

async function run(world: World) {
  const tracked: string[] = []
  const row = {
    key: 'default/foo',
    nowMs,
    failing: world.failing,
    world: [
      existing(routes, world.route),
      ...(world.revisions ?? []).map((object) => existing(revisions, object)),
      ...(world.configurations ?? []).map((object) => existing(configurations, object)),
    ],
  }
  const result = await runTableRow(row, ({ client, informers, clock, events }) => {
    const primary = informers.informer(routes)
    const revisionInformer = informers.informer(revisions)
    const configurationInformer = informers.informer(configurations)
    indexByListedRoutes(revisionInformer)
    indexByListedRoutes(configurationInformer)
    return new ResourceReconciler({
      client,
      clock,
      events,
      type: routes,
      lister: primary.lister,
      conditions: routeConditions,
      finalizer,
      writesStatus: false,
      kind: new Labeler({
        client,
        clock,
        tracker: { track: (_, type, target) => tracked.push(`${type.kind} ${target.name}`) },
        revisions: revisionInformer.lister,
        configurations: configurationInformer.lister,
      }),
    })
  })
  const patches = Object.fromEntries(
    result.writes.map(({ resource, name, patch }) => [`${resource}/${name}`, patch?.body]),
  )
  return { ...result, tracked, patches }
}

const withFinalizer = (object: KubeObject): void => {
  object.metadata.finalizers = [finalizer]
}

function route(change: (route: Route) => void = () => {}): Route {
  return testRoute('foo', [{ configurationName: 'foo', percent: 100 }], (object) => {
    withFinalizer(object)
    object.status = {
      observedGeneration: 1,
      traffic: [{ revisionName: 'foo-00001', latestRevision: true, percent: 100 }],
      conditions: [condition('Ready', 'True')],
    }
    change(object)
  })
}

const configuration = testConfiguration('foo', readyConfiguration('foo-00001'))

function revision(name: string, state: string, listed?: string): Revision {
  return testRevision(name, configuration, 'True', ({ metadata }) => {
    metadata.labels!['serving.knative.dev/routingState'] = state
    if (listed !== undefined) metadata.annotations = { 'serving.knative.dev/routes': listed }
  })
}

function listing(object: Configuration, listed: string): Configuration {
  return withChange(object, ({ metadata }) => {
    metadata.annotations = { 'serving.knative.dev/routes': listed }
  })
}

const modified = { 'serving.knative.dev/routingStateModified': '2026-05-01T12:00:00Z' }

describe('Labeler', () => {
  test('puts its finalizer on a Route and marks what it uses', async () => {
    const { patches, events } = await run({
      route: route(({ metadata }) => delete metadata.finalizers),
      revisions: [revision('foo-00001', 'pending')],
      configurations: [configuration],
    })
    expect(patches).toEqual({
      'routes/foo': { metadata: { finalizers: [finalizer], resourceVersion: expect.any(String) } },
      'revisions/foo-00001': {
        metadata: {
          labels: { 'serving.knative.dev/routingState': 'active' },
          annotations: { 'serving.knative.dev/routes': 'foo', ...modified },
        },
      },
      'configurations/foo': { metadata: { annotations: { 'serving.knative.dev/routes': 'foo' } } },
    })
    expect(events).toEqual(['Normal FinalizerUpdate Updated "foo" finalizers'])
  })

  test('does nothing when all is marked', async () => {
    const { writes } = await run({
      route: route(),
      revisions: [revision('foo-00001', 'active', 'foo')],
      configurations: [listing(configuration, 'foo')],
    })
    expect(writes).toEqual([])
  })

  test('joins other Routes in sorted order, and leaves the time alone when the state stays', async () => {
    const { patches } = await run({
      route: route(),
      revisions: [revision('foo-00001', 'active', 'zoo,bar')],
      configurations: [listing(configuration, 'zoo')],
    })
    expect(patches).toEqual({
      'revisions/foo-00001': { metadata: { annotations: { 'serving.knative.dev/routes': 'bar,foo,zoo' } } },
      'configurations/foo': { metadata: { annotations: { 'serving.knative.dev/routes': 'foo,zoo' } } },
    })
  })

  test('marks the revision that comes next as well', async () => {
    const { patches, tracked } = await run({
      route: route(),
      revisions: [revision('foo-00001', 'active', 'foo'), revision('foo-00002', 'pending')],
      configurations: [
        listing(testConfiguration('foo', readyConfiguration('foo-00001', 'foo-00002')), 'foo'),
      ],
    })
    expect(Object.keys(patches)).toEqual(['revisions/foo-00002'])
    expect(tracked).toEqual(['Revision foo-00001', 'Revision foo-00002', 'Configuration foo'])
  })

  test('marks a named revision and its Configuration, but not what comes next', async () => {
    const { patches } = await run({
      route: testRoute('foo', [{ revisionName: 'foo-00001', percent: 100 }], withFinalizer),
      revisions: [revision('foo-00001', 'reserve'), revision('foo-00002', 'pending')],
      configurations: [testConfiguration('foo', readyConfiguration('foo-00001', 'foo-00002'))],
    })
    expect(Object.keys(patches)).toEqual(['revisions/foo-00001', 'configurations/foo'])
  })

  test('tracks what does not exist yet', async () => {
    const { writes, tracked, outcome } = await run({
      route: testRoute('foo', [{ revisionName: 'later', percent: 100 }], withFinalizer),
    })
    expect(writes).toEqual([])
    expect(tracked).toEqual(['Revision later'])
    expect(outcome.kind).toBe('done')
  })

  const old = revision('foo-00000', 'active', 'foo')

  test.each(['True', 'False'] as const)('retires what is used no more once Ready is %s', async (ready) => {
    const { patches } = await run({
      route: route(({ status }) => {
        status!.conditions = [condition('Ready', ready)]
      }),
      revisions: [old, revision('foo-00001', 'active', 'foo')],
      configurations: [
        listing(configuration, 'foo'),
        listing(testConfiguration('other'), 'foo'),
        listing(testConfiguration('shared'), 'bar,foo'),
      ],
    })
    expect(patches).toEqual({
      'revisions/foo-00000': {
        metadata: {
          labels: { 'serving.knative.dev/routingState': 'reserve' },
          annotations: { 'serving.knative.dev/routes': null, ...modified },
        },
      },
      'configurations/other': { metadata: { annotations: { 'serving.knative.dev/routes': null } } },
      'configurations/shared': { metadata: { annotations: { 'serving.knative.dev/routes': 'bar' } } },
    })
  })

  test.each<[string, (route: Route) => void]>([
    [
      'its outcome is open',
      ({ status }) => {
        status!.conditions = [condition('Ready', 'Unknown')]
      },
    ],
    ['it has not looked at its new spec', ({ metadata }) => (metadata.generation = 2)],
  ])('retires nothing while %s', async (_, change) => {
    const { writes } = await run({
      route: route(change),
      revisions: [old, revision('foo-00001', 'active', 'foo')],
      configurations: [listing(configuration, 'foo')],
    })
    expect(writes).toEqual([])
  })

  test('keeps a revision active that another Route uses', async () => {
    const { patches } = await run({
      route: route(),
      revisions: [revision('foo-00000', 'active', 'bar,foo'), revision('foo-00001', 'active', 'foo')],
      configurations: [listing(configuration, 'foo')],
    })
    expect(patches).toEqual({
      'revisions/foo-00000': { metadata: { annotations: { 'serving.knative.dev/routes': 'bar' } } },
    })
  })

  test('keeps what a rollout still uses', async () => {
    const { writes } = await run({
      route: route(({ status }) => {
        status!.traffic = [
          { revisionName: 'foo-00000', latestRevision: true, percent: 99 },
          { revisionName: 'foo-00001', latestRevision: true, percent: 1 },
        ]
      }),
      revisions: [old, revision('foo-00001', 'active', 'foo')],
      configurations: [listing(configuration, 'foo')],
    })
    expect(writes).toEqual([])
  })

  test('unmarks everything before a deleted Route goes', async () => {
    const { patches } = await run({
      route: route(({ metadata }) => {
        metadata.deletionTimestamp = '2026-05-01T11:00:00Z'
        metadata.finalizers = ['another', finalizer]
      }),
      revisions: [revision('foo-00001', 'active', 'foo')],
      configurations: [listing(configuration, 'foo')],
    })
    expect(Object.keys(patches)).toEqual(['revisions/foo-00001', 'configurations/foo', 'routes/foo'])
    expect(patches['routes/foo']).toMatchObject({ metadata: { finalizers: ['another'] } })
  })

  test('keeps its finalizer until unmarking has worked', async () => {
    const { patches, outcome, events } = await run({
      route: route(({ metadata }) => {
        metadata.deletionTimestamp = '2026-05-01T11:00:00Z'
      }),
      revisions: [revision('foo-00001', 'active', 'foo')],
      failing: ({ verb, resource }) => {
        if (verb === 'patch' && resource === 'revisions') {
          throw new ApiError('InternalError', 'etcd', { status: 500 })
        }
      },
    })
    expect(patches).toEqual({})
    expect(outcome.kind).toBe('retry')
    expect(events).toEqual(['Warning InternalError etcd'])
  })

  test('does not mind that a revision goes meanwhile', async () => {
    const { outcome } = await run({
      route: route(),
      revisions: [revision('foo-00001', 'pending')],
      configurations: [configuration],
      failing: ({ verb, resource }) => {
        if (verb === 'patch' && resource === 'revisions') {
          throw new ApiError('NotFound', 'gone', { status: 404 })
        }
      },
    })
    expect(outcome.kind).toBe('done')
  })
})
