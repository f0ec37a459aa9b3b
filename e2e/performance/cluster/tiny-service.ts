import {
  conditionOf,
  deployments,
  type KubeObject,
  namespaces,
  pods,
  type Service,
  services,
} from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { isNotFound, type KubeClient } from '@knative-ts/kube'
import { eventually } from '../../harness/eventually.ts'
import { Observer } from './observer.ts'

/** Long enough for 300 Services on a slow machine. */
export const patienceMs = 600_000

/** A Service of the smallest program. */
export function tinyService(
  namespace: string,
  name: string,
  image: string,
  annotations: Readonly<Record<string, string>>,
): Service {
  return {
    metadata: { namespace, name },
    spec: {
      template: {
        metadata: { annotations: { ...annotations } },
        spec: { containers: [{ name: 'tiny-server', image }] },
      },
    },
  }
}

/** Of a Service that is Ready without ever having had a pod. */
export const fromZero = { 'autoscaling.knative.dev/initial-scale': '0' }

/** Whether a Service is Ready as last changed. */
export function isReady({ metadata, status }: Service): boolean {
  return status?.observedGeneration === metadata.generation && conditionOf(status, 'Ready')?.status === 'True'
}

/** A namespace, with a watch of its Services, for as long as `body` runs; resolves once it is gone. */
export async function inNamespace<T>(
  client: KubeClient,
  name: string,
  body: (namespace: string, observed: Observer<Service>) => Promise<T>,
): Promise<T> {
  await client.create(namespaces, { metadata: { name } })
  const observed = await Observer.start(client, services, name)
  try {
    return await body(name, observed)
  } finally {
    observed.stop()
    await endPods(client, name)
    await client.delete(namespaces, '', name)
    await eventually(`namespace ${name} is gone`, () => isGone(client, name), {
      withinMs: patienceMs,
      everyMs: 500,
    })
  }
}

/**
 * Ends what runs in a namespace. Kubernetes looks at a namespace with pods in it that is being deleted only after half of their grace
 * period, minutes for those of a Service.
 */
async function endPods(client: KubeClient, namespace: string): Promise<void> {
  const podsLeft = async () => (await client.list(pods, { namespace })).items.length
  if ((await podsLeft()) === 0) return
  for (const type of [services, deployments]) {
    for (const { metadata } of (await client.list<KubeObject>(type, { namespace })).items) {
      if (metadata.ownerReferences?.length) continue
      await client.delete(type, namespace, metadata.name ?? '', { propagationPolicy: 'Background' })
    }
  }
  await eventually(`the pods of ${namespace} have ended`, async () => (await podsLeft()) === 0, {
    withinMs: patienceMs,
    everyMs: 200,
  })
}

async function isGone(client: KubeClient, name: string): Promise<boolean> {
  try {
    await client.get(namespaces, '', name)
    return false
  } catch (error) {
    if (isNotFound(error)) return true
    throw error
  }
}

/** Creates Services that start at zero, all at once; resolves with the milliseconds until the last was Ready. */
export async function createReady(
  client: KubeClient,
  observed: Observer<Service>,
  all: readonly Service[],
): Promise<number> {
  const startMs = systemClock.monotonic()
  const names = all.map(({ metadata }) => metadata.name ?? '')
  const holds = (objects: ReadonlyMap<string, Service>) =>
    names.every((name) => {
      const service = objects.get(name)
      return service !== undefined && isReady(service)
    })
  const ready = observed.until(`${all.length} Services are Ready`, holds, patienceMs)
  const [endMs] = await Promise.all([ready, createAll(client, all)])
  return endMs - startMs
}

/** As many requests at a time as kubectl makes and some more, so that the API server is busy but not flooded. */
const writers = 8

async function createAll(client: KubeClient, all: readonly Service[]): Promise<void> {
  const left = all.values()
  const write = async () => {
    for (const service of left) await client.create(services, service)
  }
  await Promise.all(Array.from({ length: writers }, write))
}
