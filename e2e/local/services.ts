import { conditionOf, type KubeObject, type Service, services } from '@knative-ts/apis'
import { isNotFound, type KubeClient } from '@knative-ts/kube'
import { eventually } from '../harness/eventually.ts'

export interface ServiceShape {
  image: string
  annotations?: Record<string, string>
  env?: Record<string, string>
  command?: string[]
}

/** Creates a Service in `default`, and returns it once it is Ready. */
export async function createService(client: KubeClient, name: string, shape: ServiceShape): Promise<Service> {
  const env = Object.entries(shape.env ?? {}).map(([key, value]) => ({ name: key, value }))
  await client.create(services, {
    metadata: { name, namespace: 'default' },
    spec: {
      template: {
        metadata: { annotations: shape.annotations ?? {} },
        spec: {
          containers: [
            { image: shape.image, ...(shape.command ? { command: shape.command } : {}), env },
          ] as Service['spec']['template']['spec']['containers'],
        },
      },
    },
  })
  return awaitReady(client, name)
}

/** The Service once its Ready condition is True for its current generation. */
export function awaitReady(client: KubeClient, name: string): Promise<Service> {
  return eventually(`Service ${name} Ready`, async () => {
    const service = await client.get(services, 'default', name)
    const current = service.status?.observedGeneration === service.metadata.generation
    return current && conditionOf(service.status, 'Ready')?.status === 'True' ? service : undefined
  })
}

/** The object, or undefined if there is none. */
export async function find<T extends KubeObject>(get: () => Promise<T>): Promise<T | undefined> {
  try {
    return await get()
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
