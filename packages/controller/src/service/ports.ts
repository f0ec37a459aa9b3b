import type { Configuration, Revision, Route } from '@knative-ts/apis'
import type { EventRecorder, KubeClient, Lister } from '@knative-ts/kube'

/** What the Service reconciler needs of the world. */
export interface ServicePorts {
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly configurations: Pick<Lister<Configuration>, 'get'>
  readonly routes: Pick<Lister<Route>, 'get'>
  readonly revisions: Pick<Lister<Revision>, 'get'>
  /** Applies the API's defaults to an object of the caller's own. */
  setConfigurationDefaults(configuration: Configuration): void
  setRouteDefaults(route: Route): void
}
