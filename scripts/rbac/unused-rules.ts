/**
 * Verbs in the roles of our processes that none of them uses, by role and resource. They stay: upstream's roles are part of the
 * contract, since extensions run under the same accounts, and upstream's own processes must find them during a migration.
 * Whoever needs fewer rights can bind the accounts to roles without these.
 */
export const unusedByUs: Readonly<Record<string, string>> = {
  'knative-serving-activator-cluster: core/endpoints': 'get',
  'knative-serving-activator-cluster: core/services': 'get',
  'knative-serving-activator-cluster: serving.knative.dev/revisions': 'get',
  'knative-serving-activator: core/configmaps': 'get',
  'knative-serving-activator: core/secrets': 'get',
  'knative-serving-addressable-resolver: serving.knative.dev/routes/status': 'get list watch',
  'knative-serving-addressable-resolver: serving.knative.dev/services/status': 'get list watch',
  'knative-serving-core: acme.cert-manager.io/challenges': 'get list create update delete patch watch',
  'knative-serving-core: admissionregistration.k8s.io/mutatingwebhookconfigurations': 'get create patch',
  'knative-serving-core: admissionregistration.k8s.io/validatingwebhookconfigurations': 'get create patch',
  'knative-serving-core: apiextensions.k8s.io/customresourcedefinitions':
    'list create update delete patch watch',
  'knative-serving-core: apiextensions.k8s.io/customresourcedefinitions/status':
    'get list create update delete watch',
  'knative-serving-core: apps/deployments': 'patch',
  'knative-serving-core: apps/deployments/finalizers': 'get list create update delete patch watch',
  'knative-serving-core: autoscaling.internal.knative.dev/*': 'delete patch deletecollection',
  'knative-serving-core: autoscaling.internal.knative.dev/*/finalizers':
    'get list create delete patch watch deletecollection',
  'knative-serving-core: autoscaling.internal.knative.dev/*/status':
    'get list create delete patch watch deletecollection',
  'knative-serving-core: autoscaling/horizontalpodautoscalers': 'delete patch',
  'knative-serving-core: caching.internal.knative.dev/images': 'update delete patch',
  'knative-serving-core: cert-manager.io/certificaterequests': 'get list create update delete patch watch',
  'knative-serving-core: cert-manager.io/certificates': 'get list create update delete patch watch',
  'knative-serving-core: cert-manager.io/clusterissuers': 'get list create update delete patch watch',
  'knative-serving-core: cert-manager.io/issuers': 'get list create update delete patch watch',
  'knative-serving-core: coordination.k8s.io/leases': 'patch',
  'knative-serving-core: core/configmaps': 'create update delete',
  'knative-serving-core: core/endpoints': 'patch',
  'knative-serving-core: core/events': 'get list update delete watch',
  'knative-serving-core: core/namespaces': 'list create update delete patch watch',
  'knative-serving-core: core/pods': 'get update delete patch',
  'knative-serving-core: core/secrets': 'create patch',
  'knative-serving-core: core/serviceaccounts': 'list create update delete patch watch',
  'knative-serving-core: core/services': 'patch',
  'knative-serving-core: discovery.k8s.io/endpointslices': 'list delete patch watch',
  'knative-serving-core: networking.internal.knative.dev/*': 'patch deletecollection',
  'knative-serving-core: networking.internal.knative.dev/*/finalizers':
    'get list create delete patch watch deletecollection',
  'knative-serving-core: networking.internal.knative.dev/*/status':
    'get list create delete patch watch deletecollection',
  'knative-serving-core: serving.knative.dev/*': 'deletecollection',
  'knative-serving-core: serving.knative.dev/*/finalizers':
    'get list create delete patch watch deletecollection',
  'knative-serving-core: serving.knative.dev/*/status': 'get list create delete patch watch deletecollection',
  'net-kourier: coordination.k8s.io/leases': 'list delete patch watch',
  'net-kourier: core/events': 'update',
  'net-kourier: core/pods': 'get',
  'net-kourier: core/secrets': 'get',
  'net-kourier: core/services': 'get',
  'net-kourier: discovery.k8s.io/endpointslices': 'get',
}
