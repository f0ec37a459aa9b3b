import type { Certificate, Configuration, Ingress, Revision, V1Endpoints, V1Service } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { EventRecorder, KubeClient, Lister } from '@knative-ts/kube'
import type { Tracker } from '@knative-ts/reconciler'
import type { RouteConfig } from './config.ts'

/** What the Route reconciler needs of the world. */
export interface RoutePorts {
  readonly client: KubeClient
  readonly clock: Pick<Clock, 'now'>
  readonly events: EventRecorder
  readonly tracker: Pick<Tracker, 'track'>
  readonly configurations: Pick<Lister<Configuration>, 'get'>
  readonly revisions: Pick<Lister<Revision>, 'get'>
  readonly ingresses: Pick<Lister<Ingress>, 'get'>
  /** Services labelled with a Route, with the index of `indexes.ts`. */
  readonly placeholders: Pick<Lister<V1Service>, 'get' | 'byIndex'>
  /** Endpoints labelled with a Route. */
  readonly placeholderEndpoints: Pick<Lister<V1Endpoints>, 'get'>
  /** With the indexes of `indexes.ts`. */
  readonly certificates: Pick<Lister<Certificate>, 'get' | 'byIndex'>
  /** The configuration of this moment. */
  config(): RouteConfig
}
