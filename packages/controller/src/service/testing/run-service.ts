import {
  type Configuration,
  configurations,
  type Route,
  revisions,
  routes,
  type Service,
  serviceConditions,
  services,
  setConfigurationDefaults,
  setRouteDefaults,
  setServiceDefaults,
} from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import type { FakeKubeClient, Interceptor } from '@knative-ts/kube/testing'
import { ResourceReconciler } from '@knative-ts/reconciler'
import { type Existing, runTableRow } from '@knative-ts/reconciler/testing'
import { condition, conditionTexts } from '../../testing/conditions.ts'
import { testConfig } from '../../testing/config.ts'
import { makeConfiguration } from '../resources/configuration.ts'
import { makeRoute } from '../resources/route.ts'
import { ServiceReconciler } from '../service.ts'

const key = 'default/foo'

/** Throws to make a request fail, or changes the world before it is served. */
export type Fault = (request: Parameters<Interceptor>[0], client: FakeKubeClient) => void

/** One pass of the Service reconciler over `default/foo`, and all that came of it. */
export async function runService(world: Existing[], fault?: Fault) {
  const config = testConfig()
  const result = await runTableRow({ key, world }, ({ client, informers, clock, events }) => {
    if (fault) client.intercept((request) => fault(request, client))
    const primary = informers.informer(services)
    return new ResourceReconciler({
      client,
      clock,
      events,
      type: services,
      lister: primary.lister,
      conditions: serviceConditions,
      setDefaults: (service) => setServiceDefaults(service, config),
      kind: new ServiceReconciler({
        client,
        events,
        configurations: informers.informer(configurations).lister,
        routes: informers.informer(routes).lister,
        revisions: informers.informer(revisions).lister,
        setConfigurationDefaults: (object) => setConfigurationDefaults(object, config),
        setRouteDefaults: (object) => setRouteDefaults(object, config),
      }),
    })
  })
  const service = result.client.peek(services, 'default', 'foo')
  const verbs = result.writes.map(({ verb, resource, name }) => `${verb} ${resource}/${name}`)
  return { ...result, service, verbs, conditions: conditionTexts(service?.status) }
}

/** The Configuration that the Service owns, without status. */
export function ownConfiguration(
  service: Service,
  change: (object: Configuration) => void = () => {},
): Configuration {
  const made = makeConfiguration(service)
  return withChange(made, (object) => {
    Object.assign(object.metadata, { uid: 'uid-cfg', generation: 1 })
    change(object)
  })
}

/** The Route that the Service owns, without status. */
export function ownRoute(service: Service, change: (object: Route) => void = () => {}): Route {
  return withChange(makeRoute(service), (object) => {
    Object.assign(object.metadata, { uid: 'uid-route', generation: 1 })
    change(object)
  })
}

/** What a Route says of itself that sends everything to one revision. */
export function readyRoute(revisionName: string): (route: Route) => void {
  return (route) => {
    route.status = {
      observedGeneration: 1,
      url: 'http://foo.default.example.com',
      address: { url: 'http://foo.default.svc.cluster.local' },
      traffic: [{ revisionName, percent: 100, latestRevision: true }],
      conditions: [condition('Ready', 'True')],
    }
  }
}
