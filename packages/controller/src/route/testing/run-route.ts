import {
  certificates,
  configurations,
  coreServices,
  endpoints,
  ingresses,
  type Route,
  revisions,
  routeConditions,
  routeLabelKey,
  routes,
  setRouteDefaults,
} from '@knative-ts/apis'
import type { FakeKubeClient, Interceptor } from '@knative-ts/kube/testing'
import { ResourceReconciler } from '@knative-ts/reconciler'
import { type Existing, existing, runTableRow } from '@knative-ts/reconciler/testing'
import { conditionTexts } from '../../testing/conditions.ts'
import { testConfig } from '../../testing/config.ts'
import { indexByRoute, indexByWildcardDomain } from '../indexes.ts'
import { RouteReconciler } from '../route.ts'

export interface RouteWorld {
  world?: Existing[]
  nowMs?: number
  config?: Parameters<typeof testConfig>[0]
  failing?: (request: Parameters<Interceptor>[0], client: FakeKubeClient) => void
}

/** One pass of the Route reconciler over `route`, and all that came of it. */
export async function runRoute(route: Route, { world = [], nowMs, config, failing }: RouteWorld) {
  const { namespace = '', name = '' } = route.metadata
  const tracked: string[] = []
  const parsed = { ...testConfig(config), clusterDomain: 'cluster.local' }
  const row = { key: `${namespace}/${name}`, nowMs, world: [existing(routes, route), ...world] }
  const result = await runTableRow(row, ({ client, informers, clock, events }) => {
    if (failing) client.intercept((request) => failing(request, client))
    const primary = informers.informer(routes)
    const placeholders = informers.informer(coreServices, { labelSelector: routeLabelKey })
    const certificateInformer = informers.informer(certificates)
    indexByRoute(placeholders)
    indexByRoute(certificateInformer)
    indexByWildcardDomain(certificateInformer)
    return new ResourceReconciler({
      client,
      clock,
      events,
      type: routes,
      lister: primary.lister,
      conditions: routeConditions,
      setDefaults: (object) => setRouteDefaults(object, parsed),
      kind: new RouteReconciler({
        client,
        clock,
        events,
        tracker: { track: (_, type, target) => tracked.push(`${type.kind} ${target.name}`) },
        configurations: informers.informer(configurations).lister,
        revisions: informers.informer(revisions).lister,
        ingresses: informers.informer(ingresses).lister,
        placeholders: placeholders.lister,
        placeholderEndpoints: informers.informer(endpoints, { labelSelector: routeLabelKey }).lister,
        certificates: certificateInformer.lister,
        config: () => parsed,
      }),
    })
  })
  const status = result.client.peek(routes, namespace, name)?.status
  return {
    ...result,
    tracked,
    status,
    conditions: conditionTexts(status),
    verbs: result.writes.map(({ verb, resource, name }) => `${verb} ${resource}/${name}`),
    /** The Route's own placeholder Service. */
    placeholder: result.client.peek(coreServices, namespace, name),
  }
}
