import { metrics, podAutoscalers } from '../autoscaling/resources.ts'
import { images } from '../caching/types.ts'
import type { KubeObject, ResourceType } from '../meta.ts'
import { certificates, clusterDomainClaims, ingresses, serverlessServices } from '../networking/resources.ts'
import { configurations, domainMappings, revisions, routes, services } from '../serving/resources.ts'
import { kindSchemas } from './kind-schemas.ts'
import type { Schema } from './schema.ts'

interface PrinterColumn {
  name: string
  type: 'string' | 'integer'
  jsonPath: string
}

interface Definition {
  type: ResourceType
  shortNames: string[]
  categories: string[]
  columns: PrinterColumn[]
  labels?: Record<string, string>
}

const column = (name: string, jsonPath: string, type: PrinterColumn['type'] = 'string'): PrinterColumn => ({
  name,
  type,
  jsonPath,
})
const url = column('URL', '.status.url')
const latestCreated = column('LatestCreated', '.status.latestCreatedRevisionName')
const latestReady = column('LatestReady', '.status.latestReadyRevisionName')
const ready = column('Ready', ".status.conditions[?(@.type=='Ready')].status")
const reason = column('Reason', ".status.conditions[?(@.type=='Ready')].reason")

const servingCategories = ['all', 'knative', 'serving']
const networkingLabels = { 'app.kubernetes.io/component': 'networking' }
const addressable = { 'duck.knative.dev/addressable': 'true' }
const podSpecable = { 'duck.knative.dev/podspecable': 'true' }

const definitions: Definition[] = [
  {
    type: services,
    shortNames: ['kservice', 'ksvc'],
    categories: servingCategories,
    columns: [url, latestCreated, latestReady, ready, reason],
    labels: { ...addressable, ...podSpecable },
  },
  {
    type: routes,
    shortNames: ['rt'],
    categories: servingCategories,
    columns: [url, ready, reason],
    labels: addressable,
  },
  {
    type: configurations,
    shortNames: ['config', 'cfg'],
    categories: servingCategories,
    columns: [latestCreated, latestReady, ready, reason],
    labels: podSpecable,
  },
  {
    type: revisions,
    shortNames: ['rev'],
    categories: servingCategories,
    columns: [
      column('Config Name', ".metadata.labels['serving\\.knative\\.dev/configuration']"),
      column('Generation', ".metadata.labels['serving\\.knative\\.dev/configurationGeneration']"),
      ready,
      reason,
      column('Actual Replicas', '.status.actualReplicas', 'integer'),
      column('Desired Replicas', '.status.desiredReplicas', 'integer'),
    ],
  },
  { type: domainMappings, shortNames: ['dm'], categories: servingCategories, columns: [url, ready, reason] },
  {
    type: podAutoscalers,
    shortNames: ['kpa', 'pa'],
    categories: ['knative-internal', 'autoscaling'],
    columns: [
      column('DesiredScale', '.status.desiredScale', 'integer'),
      column('ActualScale', '.status.actualScale', 'integer'),
      ready,
      reason,
    ],
  },
  {
    type: metrics,
    shortNames: [],
    categories: ['knative-internal', 'autoscaling'],
    columns: [ready, reason],
  },
  {
    type: ingresses,
    shortNames: ['kingress', 'king'],
    categories: ['knative-internal', 'networking'],
    columns: [ready, reason],
    labels: networkingLabels,
  },
  {
    type: certificates,
    shortNames: ['kcert'],
    categories: ['knative-internal', 'networking'],
    columns: [ready, reason],
    labels: networkingLabels,
  },
  {
    type: serverlessServices,
    shortNames: ['sks'],
    categories: ['knative-internal', 'networking'],
    columns: [
      column('Mode', '.spec.mode'),
      column('Activators', '.spec.numActivators', 'integer'),
      column('ServiceName', '.status.serviceName'),
      column('PrivateServiceName', '.status.privateServiceName'),
      ready,
      reason,
    ],
    labels: networkingLabels,
  },
  {
    type: clusterDomainClaims,
    shortNames: ['cdc'],
    categories: ['knative-internal', 'networking'],
    columns: [],
    labels: networkingLabels,
  },
  {
    type: images,
    shortNames: [],
    categories: ['knative-internal', 'caching'],
    columns: [column('Image', '.spec.image')],
  },
]

/**
 * The CustomResourceDefinitions of every kind, as plain objects in a fixed order.
 * @param version value of the `app.kubernetes.io/version` label
 */
export function makeCustomResourceDefinitions(version: string): KubeObject[] {
  return definitions.map((definition) => makeDefinition(definition, version))
}

function makeDefinition(
  { type, shortNames, categories, columns, labels }: Definition,
  version: string,
): KubeObject {
  const { spec, status } = kindSchemas[type.kind as keyof typeof kindSchemas]
  const schema: Schema = {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      ...(status ? { status } : {}),
    },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${type.plural}.${type.group}`,
      labels: {
        'app.kubernetes.io/name': 'knative-serving',
        'app.kubernetes.io/version': version,
        'knative.dev/crd-install': 'true',
        ...labels,
      },
    },
    spec: {
      group: type.group,
      names: {
        kind: type.kind,
        plural: type.plural,
        singular: type.kind.toLowerCase(),
        ...(shortNames.length > 0 ? { shortNames } : {}),
        categories,
      },
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          subresources: { status: {} },
          ...(columns.length > 0 ? { additionalPrinterColumns: columns } : {}),
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  } as KubeObject
}
