import { coreServices, endpointSlices, type V1EndpointSlice, type V1Service } from '@knative-ts/apis'
import { isAlreadyExists, isNotFound, type KubeClient } from '@knative-ts/kube'
import { sameValue } from '@knative-ts/reconciler'
import { statsWebSocketPort } from './stat-listener.ts'

const portName = 'http'

/** The Service under which other autoscalers find the holder of a bucket. It selects nothing. */
export function bucketService(bucket: string, namespace: string): V1Service {
  return {
    metadata: { name: bucket, namespace },
    spec: { ports: [{ name: portName, port: statsWebSocketPort, targetPort: statsWebSocketPort }] },
  }
}

/** The one endpoint of a bucket's Service: its holder. */
export function bucketEndpointSlice(bucket: string, namespace: string, ip: string): V1EndpointSlice {
  return {
    metadata: { name: bucket, namespace, labels: { 'kubernetes.io/service-name': bucket } },
    addressType: ip.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true, serving: true, terminating: false } }],
    ports: [{ name: portName, port: statsWebSocketPort, protocol: 'TCP' }],
  }
}

/** Makes a bucket's Service lead to `ip`. @throws ApiError */
export async function publishBucket(
  client: KubeClient,
  namespace: string,
  bucket: string,
  ip: string,
): Promise<void> {
  try {
    await client.create(coreServices, bucketService(bucket, namespace))
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
  const desired = bucketEndpointSlice(bucket, namespace, ip)
  let existing: V1EndpointSlice
  try {
    existing = await client.get(endpointSlices, namespace, bucket)
  } catch (error) {
    if (!isNotFound(error)) throw error
    await client.create(endpointSlices, desired)
    return
  }
  if (sameValue(existing.endpoints, desired.endpoints)) return
  await client.update(endpointSlices, { ...existing, ...desired, metadata: existing.metadata })
}
