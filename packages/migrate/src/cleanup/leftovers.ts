import {
  coreServices,
  deployments,
  endpoints,
  type KubeObject,
  leases,
  mutatingWebhookConfigurations,
  type ResourceType,
  secrets,
  validatingWebhookConfigurations,
} from '@knative-ts/apis'

/** Objects that earlier releases of Knative Serving left behind. */
export interface Leftovers {
  readonly type: ResourceType
  readonly names?: readonly string[]
  /** Any object whose name begins so. */
  readonly prefixes?: readonly string[]
}

const clusterRoles: ResourceType<KubeObject> = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
}

/**
 * What the services for DomainMappings and for cert-manager left when they became part of the controller and the
 * webhook, and the Endpoints of autoscaler buckets, which have EndpointSlices now. Whatever is namespaced is in the
 * system namespace. The same as upstream's `cleanup` job of v1.23 removes.
 */
export const leftovers: readonly Leftovers[] = [
  {
    type: deployments,
    names: [
      'domain-mapping',
      'domainmapping-webhook',
      'net-certmanager-controller',
      'net-certmanager-webhook',
    ],
  },
  {
    type: leases,
    prefixes: [
      'domainmapping',
      'net-certmanager',
      'controller.knative.dev.networking.pkg.certificates.reconciler.reconciler',
      'controller.knative.dev.control-protocol.pkg.certificates.reconciler.reconciler',
    ],
  },
  {
    type: coreServices,
    names: ['domainmapping-webhook', 'net-certmanager-controller', 'net-certmanager-webhook'],
  },
  { type: secrets, names: ['domainmapping-webhook-certs', 'net-certmanager-webhook-certs'] },
  { type: mutatingWebhookConfigurations, names: ['webhook.domainmapping.serving.knative.dev'] },
  {
    type: validatingWebhookConfigurations,
    names: [
      'validation.webhook.domainmapping.serving.knative.dev',
      'config.webhook.net-certmanager.networking.internal.knative.dev',
    ],
  },
  { type: clusterRoles, names: ['knative-serving-certmanager'] },
  { type: endpoints, prefixes: ['autoscaler-bucket'] },
]
