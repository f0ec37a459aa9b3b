import { describe, expect, test } from '@jest/globals'
import {
  configurationConditions,
  configurations,
  coreServices,
  ingresses,
  type KubeObject,
  type ResourceType,
  revisions,
  routeConditions,
  routes,
  serviceConditions,
  services,
  setConfigurationDefaults,
  setRouteDefaults,
  setServiceDefaults,
} from '@knative-ts/apis'
import type { FakeKubeClient } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { type KeyReconciler, ResourceReconciler } from '@knative-ts/reconciler'
import { type Existing, existing, runTableRow, type TableHarness } from '@knative-ts/reconciler/testing'
import fc from 'fast-check'
import { ConfigurationReconciler } from './configuration/configuration.ts'
import { RevisionCollector } from './gc/gc.ts'
import { Labeler } from './labeler/labeler.ts'
import { indexByListedRoutes } from './labeler/routes-index.ts'
import { indexRevisionsByConfiguration } from './revision-indexes.ts'
import { runRoute } from './route/testing/run-route.ts'
import { ServiceReconciler } from './service/service.ts'
import {
  arbitraryMeta,
  arbitraryName,
  arbitraryStatus,
  arbitraryTraffic,
} from './testing/arbitrary-objects.ts'
import { testConfig } from './testing/config.ts'

const kinds: ResourceType[] = [services, configurations, revisions, routes, ingresses, coreServices]
const config = testConfig()
const { gc: collectEverything } = testConfig({
  gc: { 'min-non-active-revisions': '0', 'max-non-active-revisions': '0' },
})

const template = fc.record({
  metadata: fc.option(fc.record({ name: arbitraryName }), { nil: undefined }),
  spec: fc.record({
    containers: fc.array(fc.record({ name: fc.constantFrom('a', 'b'), image: fc.string({ maxLength: 5 }) }), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
})

const names = fc.record(
  { latestReadyRevisionName: arbitraryName, latestCreatedRevisionName: arbitraryName },
  { requiredKeys: [] },
)

function objects<T extends KubeObject>(
  type: ResourceType<T>,
  rest: fc.Arbitrary<object>,
): fc.Arbitrary<Existing[]> {
  return fc
    .uniqueArray(fc.tuple(arbitraryMeta(), rest), { maxLength: 3, selector: ([meta]) => meta.name })
    .map((list) =>
      list.map(([meta, fields]) => {
        const metadata = { ...meta, uid: `uid-${type.kind}-${meta.name}` }
        return existing(type, { metadata, ...fields } as unknown as T)
      }),
    )
}

/** A namespace in which anything that the schemas allow may be. */
const world: fc.Arbitrary<Existing[]> = fc
  .tuple(
    objects(
      services,
      fc.record({ spec: fc.record({ template, traffic: arbitraryTraffic }), status: arbitraryStatus }),
    ),
    objects(
      configurations,
      fc.record({
        spec: fc.record({ template }),
        status: fc.tuple(arbitraryStatus, names).map(([a, b]) => ({ ...a, ...b })),
      }),
    ),
    objects(revisions, fc.record({ spec: template.map(({ spec }) => spec), status: arbitraryStatus })),
    objects(
      routes,
      fc.record({
        spec: fc.record({ traffic: arbitraryTraffic }),
        status: fc.tuple(arbitraryStatus, arbitraryTraffic).map(([a, traffic]) => ({ ...a, traffic })),
      }),
    ),
    objects(ingresses, fc.record({ spec: fc.constant({}), status: arbitraryStatus })),
    objects(
      coreServices,
      fc.record({ spec: fc.constantFrom({}, { type: 'ExternalName', externalName: 'x' }) }),
    ),
  )
  .map((lists) => lists.flat())

const build: Record<string, (harness: TableHarness) => KeyReconciler> = {
  service: ({ client, clock, events, informers }) =>
    new ResourceReconciler({
      client,
      clock,
      events,
      type: services,
      lister: informers.informer(services).lister,
      conditions: serviceConditions,
      setDefaults: (object) => setServiceDefaults(object, config),
      kind: new ServiceReconciler({
        client,
        events,
        configurations: informers.informer(configurations).lister,
        routes: informers.informer(routes).lister,
        revisions: informers.informer(revisions).lister,
        setConfigurationDefaults: (object) => setConfigurationDefaults(object, config),
        setRouteDefaults: (object) => setRouteDefaults(object, config),
      }),
    }),
  configuration: ({ client, clock, events, informers }) => {
    const revisionInformer = informers.informer(revisions)
    indexRevisionsByConfiguration(revisionInformer)
    return new ResourceReconciler({
      client,
      clock,
      events,
      type: configurations,
      lister: informers.informer(configurations).lister,
      conditions: configurationConditions,
      setDefaults: (object) => setConfigurationDefaults(object, config),
      kind: new ConfigurationReconciler({ client, clock, events, revisions: revisionInformer.lister }),
    })
  },
  gc: ({ client, clock, informers }) => {
    const revisionInformer = informers.informer(revisions)
    indexRevisionsByConfiguration(revisionInformer)
    return new RevisionCollector({
      client,
      clock,
      logger: silentLogger,
      configurations: informers.informer(configurations).lister,
      revisions: revisionInformer.lister,
      policy: () => collectEverything,
    })
  },
  labeler: ({ client, clock, events, informers }) => {
    indexByListedRoutes(informers.informer(revisions))
    indexByListedRoutes(informers.informer(configurations))
    return new ResourceReconciler({
      client,
      clock,
      events,
      type: routes,
      lister: informers.informer(routes).lister,
      conditions: routeConditions,
      finalizer: 'routes.serving.knative.dev',
      writesStatus: false,
      kind: new Labeler({
        client,
        clock,
        tracker: { track: () => {} },
        revisions: informers.informer(revisions).lister,
        configurations: informers.informer(configurations).lister,
      }),
    })
  },
}

/** Everything that `client` holds, as the world of another pass. */
function worldAfter(client: FakeKubeClient): Existing[] {
  return kinds.flatMap((type) => client.peekAll(type).map((object) => existing(type, object)))
}

function expectCodedError(outcome: { kind: string; error?: unknown }): void {
  if (outcome.kind !== 'retry') return
  expect(outcome).toMatchObject({ error: { code: expect.any(String) } })
}

describe('whatever is in a namespace', () => {
  test.each(Object.keys(build))('the %s reconciler copes, and rests after its second pass', async (name) => {
    await fc.assert(
      fc.asyncProperty(world, async (objects) => {
        const pass = (given: Existing[]) => runTableRow({ key: 'default/foo', world: given }, build[name]!)
        const first = await pass(objects)
        expectCodedError(first.outcome)
        if (first.outcome.kind !== 'done') return
        const second = await pass(worldAfter(first.client))
        const third = await pass(worldAfter(second.client))
        expect(third.writes).toEqual([])
      }),
      { numRuns: 120 },
    )
  })

  test('the route reconciler copes, and rests after its second pass', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (objects) => {
        const pass = (given: Existing[]) => {
          const isRoute = ({ type, object }: Existing) => type === routes && object.metadata.name === 'foo'
          const route = given.find(isRoute)?.object
          if (!route) return undefined
          const rest = given.filter((entry) => !isRoute(entry))
          return runRoute(route as Parameters<typeof runRoute>[0], { world: rest })
        }
        const first = await pass(objects)
        if (!first) return
        expectCodedError(first.outcome)
        if (first.outcome.kind !== 'done') return
        const second = await pass(worldAfter(first.client))
        const third = await pass(worldAfter(second!.client))
        expect(third?.writes).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
