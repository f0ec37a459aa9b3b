import {
  configurations,
  type KubeObject,
  type ResourceType,
  type Route,
  revisions,
  routeConditions,
  routingStateLabelKey,
} from '@knative-ts/apis'
import { isNotFound } from '@knative-ts/kube'
import { done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import {
  activateRevision,
  listRoute,
  type MetadataPatch,
  type RoutedObjects,
  retireRevision,
  routedObjects,
  unlistRoute,
} from './decide.ts'
import type { LabelerPorts } from './ports.ts'
import { listingRoute } from './routes-index.ts'

const nothing: RoutedObjects = { revisions: new Set(), configurations: new Set() }

/** Marks what each Route uses, so that autoscaling and garbage collection can tell without asking Routes. */
export class Labeler implements KindReconciler<Route> {
  readonly #ports: LabelerPorts

  constructor(ports: LabelerPorts) {
    this.#ports = ports
  }

  async reconcileKind(route: Route): Promise<Outcome> {
    const { namespace = '' } = route.metadata
    const { revisions: revisionLister, configurations: configurationLister } = this.#ports
    const routed = routedObjects(
      route,
      (name) => revisionLister.get(namespace, name),
      (name) => configurationLister.get(namespace, name),
    )
    await this.#mark(route, routed)
    // While the outcome of a change is open, the Ingress may still send traffic where it used to.
    if (routeConditions.isReady(route) || routeConditions.isFailed(route)) await this.#unmark(route, routed)
    return done
  }

  async finalizeKind(route: Route): Promise<Outcome> {
    await this.#unmark(route, nothing)
    return done
  }

  async #mark(route: Route, routed: RoutedObjects): Promise<void> {
    const { namespace = '', name: routeName = '' } = route.metadata
    const { tracker, clock } = this.#ports
    for (const name of routed.revisions) {
      tracker.track(route, revisions, { namespace, name })
      const revision = this.#ports.revisions.get(namespace, name)
      if (revision) await this.#patch(revisions, revision, activateRevision(revision, routeName, clock.now()))
    }
    for (const name of routed.configurations) {
      tracker.track(route, configurations, { namespace, name })
      const configuration = this.#ports.configurations.get(namespace, name)
      if (configuration) await this.#patch(configurations, configuration, listRoute(configuration, routeName))
    }
  }

  async #unmark(route: Route, routed: RoutedObjects): Promise<void> {
    const { namespace = '', name: routeName = '' } = route.metadata
    for (const revision of listingRoute(this.#ports.revisions, namespace, routeName)) {
      if (routed.revisions.has(revision.metadata.name ?? '')) continue
      if (revision.metadata.labels?.[routingStateLabelKey] !== 'active') continue
      await this.#patch(revisions, revision, retireRevision(revision, routeName, this.#ports.clock.now()))
    }
    for (const configuration of listingRoute(this.#ports.configurations, namespace, routeName)) {
      if (routed.configurations.has(configuration.metadata.name ?? '')) continue
      await this.#patch(configurations, configuration, unlistRoute(configuration, routeName))
    }
  }

  /**
   * Patches without a lock: a Route that loses a race for the list sees the object change and puts itself
   * back.
   */
  async #patch<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    body: MetadataPatch | undefined,
  ): Promise<void> {
    if (!body) return
    const { namespace = '', name = '' } = object.metadata
    try {
      await this.#ports.client.patch(type, namespace, name, { type: 'merge', body })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
