/** Which requests the processes make of the Kubernetes API. */

export type Account = 'controller' | 'activator' | 'net-kourier'

/** Requests that one file makes, or has made by a library for the kind that it names. */
export interface Need {
  readonly account: Account
  /** Empty for the core group. */
  readonly group: string
  /** With its subresource, if any. */
  readonly resource: string
  readonly verbs: readonly string[]
  /** Below `packages/`. */
  readonly file: string
}

/** Who each package runs as. The queue-proxy asks the API nothing. */
export const accounts: Readonly<Record<string, Account>> = {
  controller: 'controller',
  autoscaler: 'controller',
  'autoscaler-hpa': 'controller',
  webhook: 'controller',
  migrate: 'controller',
  activator: 'activator',
  'net-kourier-controller': 'net-kourier',
}

/** Files that name kinds without asking for them. */
export const askingNothing: Readonly<Record<string, string>> = {
  'packages/webhook/src/admission/kinds.ts': 'kinds of the objects that it is asked about',
}

const serving = 'serving.knative.dev'
const autoscaling = 'autoscaling.internal.knative.dev'
const networking = 'networking.internal.knative.dev'
const caching = 'caching.internal.knative.dev'
const leases = 'coordination.k8s.io'
const admission = 'admissionregistration.k8s.io'
const definitions = 'apiextensions.k8s.io'
const slices = 'discovery.k8s.io'

/** By informer; by `createOrRead`; by a reconciler that writes the status of its kind and reads it anew after a conflict. */
const watched = 'list watch'
const created = 'create get'

type Row = readonly [group: string, resource: string, verbs: string, file: string]

const rows: Readonly<Record<Account, readonly Row[]>> = {
  controller: [
    // Every process of this account.
    ['', 'configmaps', watched, 'lib/config/src/config-store.ts'],
    ['', 'events', 'create patch', 'lib/kube/src/event-recorder.ts'],
    [leases, 'leases', 'get create update', 'lib/kube/src/leader-election.ts'],

    [serving, 'services', `${watched} get`, 'controller/src/service/controller.ts'],
    [serving, 'services/status', 'update', 'controller/src/service/controller.ts'],
    [serving, 'services/finalizers', 'update', 'controller/src/service/controller.ts'],
    [serving, 'configurations', `${created} update`, 'controller/src/service/reconcile-resources.ts'],
    [serving, 'routes', `${created} update`, 'controller/src/service/reconcile-resources.ts'],
    [serving, 'configurations', `${watched} get`, 'controller/src/configuration/controller.ts'],
    [serving, 'configurations/status', 'update', 'controller/src/configuration/controller.ts'],
    [serving, 'configurations/finalizers', 'update', 'controller/src/configuration/controller.ts'],
    [serving, 'revisions', created, 'controller/src/configuration/reconcile-resources.ts'],
    [serving, 'configurations', watched, 'controller/src/gc/controller.ts'],
    [serving, 'revisions', watched, 'controller/src/gc/controller.ts'],
    [serving, 'revisions', 'delete', 'controller/src/gc/gc.ts'],
    [serving, 'configurations', 'patch', 'controller/src/labeler/labeler.ts'],
    [serving, 'revisions', 'patch', 'controller/src/labeler/labeler.ts'],
    [serving, 'routes', 'patch', 'controller/src/labeler/controller.ts'],

    [serving, 'revisions', `${watched} get`, 'controller/src/revision/controller.ts'],
    [serving, 'revisions/status', 'update', 'controller/src/revision/controller.ts'],
    [serving, 'revisions/finalizers', 'update', 'controller/src/revision/controller.ts'],
    ['apps', 'deployments', `${watched}`, 'controller/src/revision/controller.ts'],
    ['apps', 'deployments', `${created} update`, 'controller/src/revision/reconcile-resources.ts'],
    ['', 'pods', 'list', 'controller/src/revision/reconcile-resources.ts'],
    [caching, 'images', watched, 'controller/src/revision/controller.ts'],
    [caching, 'images', created, 'controller/src/revision/reconcile-resources.ts'],
    [autoscaling, 'podautoscalers', watched, 'controller/src/revision/controller.ts'],
    [autoscaling, 'podautoscalers', `${created} update`, 'controller/src/revision/reconcile-resources.ts'],
    [networking, 'certificates', `${created} update`, 'controller/src/revision/reconcile-resources.ts'],
    ['', 'namespaces', 'get', 'controller/src/revision/reconcile-resources.ts'],
    ['', 'namespaces/finalizers', 'update', 'controller/src/revision/reconcile-resources.ts'],
    ['', 'secrets', 'get', 'controller/src/revision/reconcile-resources.ts'],
    ['', 'secrets', 'get', 'controller/src/revision/digest/pull-secrets.ts'],
    ['', 'serviceaccounts', 'get', 'controller/src/revision/digest/pull-secrets.ts'],

    [serving, 'routes', `${watched} get`, 'controller/src/route/controller.ts'],
    [serving, 'routes/status', 'update', 'controller/src/route/controller.ts'],
    [serving, 'routes/finalizers', 'update', 'controller/src/route/controller.ts'],
    [networking, 'ingresses', watched, 'controller/src/route/controller.ts'],
    [networking, 'ingresses', `${created} update`, 'controller/src/route/reconcile-resources.ts'],
    [networking, 'certificates', watched, 'controller/src/route/controller.ts'],
    [networking, 'certificates', `${created} update`, 'controller/src/reconcile-certificate.ts'],
    [networking, 'certificates', 'delete', 'controller/src/route/reconcile-certificates.ts'],
    ['', 'services', `${created} update delete`, 'controller/src/route/reconcile-placeholders.ts'],
    ['', 'endpoints', `${created} update delete`, 'controller/src/route/reconcile-placeholders.ts'],
    ['', 'endpoints/restricted', 'create', 'controller/src/route/reconcile-placeholders.ts'],

    [networking, 'serverlessservices', `${watched} get`, 'controller/src/serverless-service/controller.ts'],
    [networking, 'serverlessservices/status', 'update', 'controller/src/serverless-service/controller.ts'],
    [
      networking,
      'serverlessservices/finalizers',
      'update',
      'controller/src/serverless-service/controller.ts',
    ],
    ['', 'services', watched, 'controller/src/serverless-service/controller.ts'],
    ['', 'services', `${created} update`, 'controller/src/serverless-service/reconcile-resources.ts'],
    ['', 'endpoints', watched, 'controller/src/serverless-service/controller.ts'],
    ['', 'endpoints', `${created} update`, 'controller/src/serverless-service/reconcile-resources.ts'],

    [
      autoscaling,
      'podautoscalers',
      `${watched} get`,
      'lib/reconciler/src/pod-autoscaler/pod-autoscaler-controller.ts',
    ],
    [
      autoscaling,
      'podautoscalers/status',
      'update',
      'lib/reconciler/src/pod-autoscaler/pod-autoscaler-controller.ts',
    ],
    [
      autoscaling,
      'podautoscalers/finalizers',
      'update',
      'lib/reconciler/src/pod-autoscaler/owned-metadata.ts',
    ],
    [
      networking,
      'serverlessservices',
      `${created} update`,
      'lib/reconciler/src/pod-autoscaler/serverless-service.ts',
    ],
    [autoscaling, 'metrics', `${watched} get`, 'autoscaler/src/metrics/metric-controller.ts'],
    [autoscaling, 'metrics/status', 'update', 'autoscaler/src/metrics/metric-controller.ts'],
    [autoscaling, 'metrics', `${created} update`, 'autoscaler/src/kpa/kpa-reconciler.ts'],
    ['', 'pods', watched, 'autoscaler/src/revision-pods.ts'],
    ['apps', 'deployments', `${watched} get`, 'autoscaler/src/kpa/scale-target.ts'],
    ['apps', 'deployments/scale', 'patch', 'autoscaler/src/kpa/scale-target.ts'],
    [leases, 'leases', watched, 'autoscaler/src/routing/bucket-owners.ts'],
    ['', 'services', 'create', 'autoscaler/src/routing/bucket-service.ts'],
    [slices, 'endpointslices', 'get create update', 'autoscaler/src/routing/bucket-service.ts'],
    [slices, 'endpointslices/restricted', 'create', 'autoscaler/src/routing/bucket-service.ts'],
    ['autoscaling', 'horizontalpodautoscalers', watched, 'autoscaler-hpa/src/hpa-autoscaler.ts'],
    [
      'autoscaling',
      'horizontalpodautoscalers',
      `${created} update`,
      'autoscaler-hpa/src/write-autoscaler.ts',
    ],

    ['', 'secrets', watched, 'webhook/src/webhook.ts'],
    ['', 'secrets', 'update', 'webhook/src/certificates/certificate-reconciler.ts'],
    ['', 'namespaces', 'get', 'webhook/src/configurations/webhook-configuration-reconciler.ts'],
    ['', 'namespaces/finalizers', 'update', 'webhook/src/configurations/webhook-configuration-reconciler.ts'],
    [
      admission,
      'mutatingwebhookconfigurations',
      `${watched} update`,
      'webhook/src/configurations/registrations.ts',
    ],
    [
      admission,
      'validatingwebhookconfigurations',
      `${watched} update`,
      'webhook/src/configurations/registrations.ts',
    ],
    ['', 'pods', 'create', 'webhook/src/admission/dry-run.ts'],

    [definitions, 'customresourcedefinitions', 'get', 'migrate/src/storage-version/migrate-storage.ts'],
    [
      definitions,
      'customresourcedefinitions/status',
      'patch',
      'migrate/src/storage-version/migrate-storage.ts',
    ],
    ...['services', 'configurations', 'revisions', 'routes', 'domainmappings'].map(
      (kind): Row => [serving, kind, 'list patch', 'migrate/src/storage-version/plan-migration.ts'],
    ),
    ['', 'configmaps', 'get', 'migrate/src/log-level.ts'],
    ['', 'configmaps', 'get patch', 'migrate/src/default-domain/set-default-domain.ts'],
    ['', 'services', 'get', 'migrate/src/default-domain/set-default-domain.ts'],
    [networking, 'ingresses', 'create get delete', 'migrate/src/default-domain/set-default-domain.ts'],
    ['apps', 'deployments', 'delete', 'migrate/src/cleanup/leftovers.ts'],
    [leases, 'leases', 'list delete', 'migrate/src/cleanup/leftovers.ts'],
    ['', 'services', 'delete', 'migrate/src/cleanup/leftovers.ts'],
    ['', 'secrets', 'delete', 'migrate/src/cleanup/leftovers.ts'],
    ['', 'endpoints', 'list delete', 'migrate/src/cleanup/leftovers.ts'],
    [admission, 'mutatingwebhookconfigurations', 'delete', 'migrate/src/cleanup/leftovers.ts'],
    [admission, 'validatingwebhookconfigurations', 'delete', 'migrate/src/cleanup/leftovers.ts'],
    ['rbac.authorization.k8s.io', 'clusterroles', 'delete', 'migrate/src/cleanup/leftovers.ts'],
  ],
  activator: [
    ['', 'configmaps', watched, 'lib/config/src/config-store.ts'],
    ['', 'configmaps', watched, 'activator/src/tls/internal-certificates.ts'],
    ['', 'secrets', watched, 'activator/src/tls/internal-certificates.ts'],
    ['', 'services', watched, 'activator/src/revisions/revision-directory.ts'],
    ['', 'endpoints', watched, 'activator/src/revisions/revision-directory.ts'],
    [serving, 'revisions', watched, 'activator/src/revisions/revision-directory.ts'],
  ],
  'net-kourier': [
    ['', 'configmaps', watched, 'lib/config/src/config-store.ts'],
    ['', 'configmaps', `${watched} get`, 'net-kourier-controller/src/reconciler/informer-view.ts'],
    ['', 'events', 'create patch', 'lib/kube/src/event-recorder.ts'],
    [leases, 'leases', 'get create update', 'lib/kube/src/leader-election.ts'],
    [networking, 'ingresses', `${watched} get patch`, 'net-kourier-controller/src/kourier.ts'],
    [networking, 'ingresses/status', 'update', 'net-kourier-controller/src/kourier.ts'],
    ['', 'pods', watched, 'net-kourier-controller/src/kourier.ts'],
    ['', 'services', watched, 'net-kourier-controller/src/reconciler/informer-view.ts'],
    ['', 'secrets', watched, 'net-kourier-controller/src/reconciler/informer-view.ts'],
    [slices, 'endpointslices', watched, 'net-kourier-controller/src/reconciler/informer-view.ts'],
  ],
}

/** All of it. */
export const needs: readonly Need[] = Object.entries(rows).flatMap(([account, list]) =>
  list.map(([group, resource, verbs, file]) => ({
    account: account as Account,
    group,
    resource,
    verbs: verbs.split(' '),
    file,
  })),
)
