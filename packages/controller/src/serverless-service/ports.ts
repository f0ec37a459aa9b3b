import type { V1Deployment, V1Endpoints, V1Service } from '@knative-ts/apis'
import type { KubeClient, Lister } from '@knative-ts/kube'

/** What the ServerlessService reconciler needs of the world. */
export interface ServerlessServicePorts {
  readonly client: KubeClient
  readonly deployments: Pick<Lister<V1Deployment>, 'get'>
  readonly services: Pick<Lister<V1Service>, 'get'>
  readonly endpoints: Pick<Lister<V1Endpoints>, 'get'>
  /** Where the activator's Service is. */
  readonly systemNamespace: string
}
