import {
  coreServices,
  deployments,
  endpoints,
  keyOf,
  type ServerlessService,
  serverlessServiceConditions,
  serverlessServices,
  type V1Deployment,
  type V1Endpoints,
} from '@knative-ts/apis'
import { testMeta, withChange } from '@knative-ts/apis/testing'
import type { Interceptor } from '@knative-ts/kube/testing'
import { ResourceReconciler } from '@knative-ts/reconciler'
import { type Existing, existing, runTableRow, type TableResult } from '@knative-ts/reconciler/testing'
import { conditionTexts } from '../../testing/conditions.ts'
import { makePublicEndpoints } from '../resources/endpoints.ts'
import { makePrivateService, makePublicService } from '../resources/services.ts'
import { ServerlessServiceReconciler } from '../serverless-service.ts'

type Subsets = NonNullable<V1Endpoints['subsets']>

export const selector = { 'serving.knative.dev/revisionUID': 'revision-uid' }

export function testServerlessService(
  change: (sks: ServerlessService) => void = () => {},
): ServerlessService {
  return withChange<ServerlessService>(
    {
      metadata: {
        name: 'hello-00001',
        namespace: 'default',
        uid: 'sks-uid',
        generation: 1,
        labels: { 'serving.knative.dev/revision': 'hello-00001' },
        annotations: { 'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev' },
      },
      spec: {
        mode: 'Serve',
        objectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' },
        protocolType: 'http1',
        numActivators: 0,
      },
    },
    change,
  )
}

export const testDeployment: V1Deployment = {
  metadata: testMeta('hello-00001-deployment'),
  spec: { selector: { matchLabels: selector }, template: {} },
}

/** One subset with the ports of pods behind a private Service. */
export function podSubsets(ready: readonly string[], notReady: readonly string[] = []): Subsets {
  return [
    {
      ...(ready.length > 0 ? { addresses: ready.map((ip) => ({ ip })) } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady.map((ip) => ({ ip })) } : {}),
      ports: [
        { name: 'http', port: 8012, protocol: 'TCP' },
        { name: 'https', port: 8112, protocol: 'TCP' },
        { name: 'http-autometric', port: 9090, protocol: 'TCP' },
        { name: 'http-usermetric', port: 9091, protocol: 'TCP' },
      ],
    },
  ]
}

/** One subset with the ports of activators. */
export function activatorPods(ready: readonly string[]): Subsets {
  return [
    {
      addresses: ready.map((ip) => ({ ip })),
      ports: [
        { name: 'http', port: 8012, protocol: 'TCP' },
        { name: 'http2', port: 8013, protocol: 'TCP' },
        { name: 'https', port: 8112, protocol: 'TCP' },
        { name: 'http-metrics', port: 9090, protocol: 'TCP' },
      ],
    },
  ]
}

export const endpointsOf = (namespace: string, name: string, subsets?: Subsets): Existing =>
  existing<V1Endpoints>(endpoints, {
    metadata: testMeta(name, namespace),
    ...(subsets ? { subsets } : {}),
  })

/** Everything a ServerlessService needs, with these addresses. */
export function settledWorld(
  sks: ServerlessService,
  { pods, activators, current }: { pods?: Subsets; activators?: Subsets; current?: Subsets },
): Existing[] {
  return [
    existing(deployments, testDeployment),
    existing(coreServices, makePrivateService(sks, selector)),
    existing(coreServices, makePublicService(sks)),
    endpointsOf('default', 'hello-00001-private', pods),
    endpointsOf('knative-serving', 'activator-service', activators),
    ...(current ? [existing(endpoints, makePublicEndpoints(sks, current))] : []),
  ]
}

export interface SksResult extends TableResult {
  /** As stored afterwards. */
  sks: ServerlessService
  /** Writes as `verb resource name`. */
  wrote: string[]
  /** Conditions as `Status Reason Message`, by type. */
  conditions: Record<string, string>
  /** IPs behind the public Service. */
  behind: string[]
}

/** Reconciles one ServerlessService in a world of its own. */
export async function reconcileSks(
  sks: ServerlessService,
  world: Existing[],
  failing?: Interceptor,
): Promise<SksResult> {
  const result = await runTableRow(
    {
      key: keyOf(sks),
      world: [existing(serverlessServices, sks), ...world],
      nowMs: Date.parse('2026-01-01T00:00:00Z'),
      ...(failing ? { failing } : {}),
    },
    ({ client, clock, events, informers }) =>
      new ResourceReconciler({
        client,
        clock,
        events,
        type: serverlessServices,
        lister: informers.informer(serverlessServices).lister,
        conditions: serverlessServiceConditions,
        kind: new ServerlessServiceReconciler({
          client,
          deployments: informers.informer(deployments).lister,
          services: informers.informer(coreServices).lister,
          endpoints: informers.informer(endpoints).lister,
          systemNamespace: 'knative-serving',
        }),
      }),
  )
  const { namespace = '', name = '' } = sks.metadata
  const stored = result.client.peek(serverlessServices, namespace, name) ?? sks
  const { subsets = [] } = result.client.peek(endpoints, namespace, name) ?? {}
  return {
    ...result,
    sks: stored,
    wrote: result.writes.map((write) => `${write.verb} ${write.resource} ${write.name}`),
    conditions: conditionTexts(stored.status),
    behind: subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)),
  }
}
