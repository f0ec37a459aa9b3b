import type { V1EndpointSlice, V1EndpointSubset, V1Pod, V1Service, V1ServicePort } from '@knative-ts/apis'
import { isPodReady } from './pod-state.ts'

type Subset = V1EndpointSubset
type SlicePort = NonNullable<V1EndpointSlice['ports']>[number]
type SliceEndpoint = NonNullable<V1EndpointSlice['endpoints']>[number]

/** What a Service leads to: one port list and the pods behind it. */
export interface ServiceBackends {
  ports: { name: string | undefined; port: number; protocol: string; appProtocol: string | undefined }[]
  ready: V1Pod[]
  notReady: V1Pod[]
  terminating: V1Pod[]
}

/** Sorts the pods that a Service selects by whether they can take requests. */
export function serviceBackends(service: V1Service, selected: readonly V1Pod[]): ServiceBackends {
  const publishAll = service.spec?.publishNotReadyAddresses === true
  const backends: ServiceBackends = { ports: [], ready: [], notReady: [], terminating: [] }
  const withAddress = selected
    .filter((pod) => pod.status?.podIP && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed')
    .sort((a, b) => (a.status?.podIP ?? '').localeCompare(b.status?.podIP ?? ''))
  for (const pod of withAddress) {
    if (pod.metadata.deletionTimestamp) backends.terminating.push(pod)
    else if (publishAll || isPodReady(pod)) backends.ready.push(pod)
    else backends.notReady.push(pod)
  }
  const sample = withAddress[0]
  for (const servicePort of service.spec?.ports ?? []) {
    const port = targetPort(servicePort, sample)
    if (port === undefined) continue
    backends.ports.push({
      name: servicePort.name,
      port,
      protocol: servicePort.protocol ?? 'TCP',
      appProtocol: servicePort.appProtocol,
    })
  }
  return backends
}

/** The container port that a Service port leads to; a named one is looked up in the pod. */
function targetPort(servicePort: V1ServicePort, pod: V1Pod | undefined): number | undefined {
  const target = (servicePort.targetPort ?? servicePort.port) as number | string
  if (typeof target === 'number') return target
  for (const container of pod?.spec?.containers ?? []) {
    const named = container.ports?.find((port) => port.name === target)
    if (named) return named.containerPort
  }
  return undefined
}

/** The subsets of the Endpoints object. */
export function endpointSubsets(backends: ServiceBackends): Subset[] {
  const { ready, notReady, ports } = backends
  if ((ready.length === 0 && notReady.length === 0) || ports.length === 0) return []
  const address = (pod: V1Pod) => ({
    ip: pod.status?.podIP ?? '',
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: {
      kind: 'Pod',
      name: pod.metadata.name,
      namespace: pod.metadata.namespace,
      uid: pod.metadata.uid,
    },
  })
  return [
    {
      ...(ready.length > 0 ? { addresses: ready.map(address) } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady.map(address) } : {}),
      ports: ports.map(portEntry),
    } as Subset,
  ]
}

/** Endpoints and ports of the Service's EndpointSlice. */
export function sliceContent(backends: ServiceBackends): { endpoints: SliceEndpoint[]; ports: SlicePort[] } {
  const endpoint = (pod: V1Pod, ready: boolean, terminating: boolean): SliceEndpoint => ({
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready, serving: ready || (terminating && isPodReady(pod)), terminating },
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: {
      kind: 'Pod',
      name: pod.metadata.name,
      namespace: pod.metadata.namespace,
      uid: pod.metadata.uid,
    },
  })
  return {
    endpoints: [
      ...backends.ready.map((pod) => endpoint(pod, true, false)),
      ...backends.notReady.map((pod) => endpoint(pod, false, false)),
      ...backends.terminating.map((pod) => endpoint(pod, false, true)),
    ],
    ports: backends.ports.map(portEntry) as SlicePort[],
  }
}

/** The slice that mirrors a hand-written Endpoints subset. */
export function mirroredContent(subset: Subset): { endpoints: SliceEndpoint[]; ports: SlicePort[] } {
  const endpoint = (ready: boolean) => (address: { ip: string; nodeName?: string }) =>
    ({
      addresses: [address.ip],
      conditions: { ready },
      ...(address.nodeName ? { nodeName: address.nodeName } : {}),
    }) as SliceEndpoint
  return {
    endpoints: [
      ...(subset.addresses ?? []).map(endpoint(true)),
      ...(subset.notReadyAddresses ?? []).map(endpoint(false)),
    ],
    ports: (subset.ports ?? []) as SlicePort[],
  }
}

function portEntry({ name, port, protocol, appProtocol }: ServiceBackends['ports'][number]) {
  return { ...(name ? { name } : {}), port, protocol, ...(appProtocol ? { appProtocol } : {}) }
}
