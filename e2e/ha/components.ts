import { deployments, pods, type V1Pod } from '@knative-ts/apis'
import { type KubeClient, labelSelectorText } from '@knative-ts/kube'
import { eventually } from '../harness/eventually.ts'

/** A part of Knative that runs as a Deployment. */
export interface Component {
  namespace: string
  name: string
}

export const systemNamespace = 'knative-serving'

export const components = {
  activator: { namespace: systemNamespace, name: 'activator' },
  autoscaler: { namespace: systemNamespace, name: 'autoscaler' },
  controller: { namespace: systemNamespace, name: 'controller' },
  webhook: { namespace: systemNamespace, name: 'webhook' },
  netKourier: { namespace: systemNamespace, name: 'net-kourier-controller' },
  gateway: { namespace: 'kourier-system', name: '3scale-kourier-gateway' },
} satisfies Record<string, Component>

/** The component's pods that run or will: neither ended nor being deleted. */
export async function podsOf(client: KubeClient, { namespace, name }: Component): Promise<V1Pod[]> {
  const deployment = await client.get(deployments, namespace, name)
  const labelSelector = labelSelectorText(deployment.spec?.selector.matchLabels ?? {})
  const { items } = await client.list(pods, { namespace, labelSelector })
  return items.filter(
    ({ metadata, status }) =>
      !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  )
}

/** Resolves once the component has exactly so many pods, and all are ready. */
export async function awaitPods(client: KubeClient, component: Component, count: number): Promise<V1Pod[]> {
  return eventually(
    `${count} ready pods of ${component.name}`,
    async () => {
      const all = await podsOf(client, component)
      const ready = all.filter((pod) => pod.status?.conditions?.some(isReady))
      return all.length === count && ready.length === count ? ready : undefined
    },
    { everyMs: 100, withinMs: 120_000 },
  )
}

const isReady = ({ type, status }: { type: string; status: string }) => type === 'Ready' && status === 'True'

/** Resolves once the pod is no more. */
export async function awaitGone(client: KubeClient, { metadata }: V1Pod): Promise<void> {
  const { namespace = '', name = '', uid } = metadata
  await eventually(
    `the end of ${name}`,
    async () => {
      const { items } = await client.list(pods, { namespace, fieldSelector: `metadata.name=${name}` })
      return items.every((pod) => pod.metadata.uid !== uid)
    },
    { withinMs: 120_000 },
  )
}

/** Sets the number of replicas and resolves once they are. */
export async function scaleTo(client: KubeClient, component: Component, replicas: number): Promise<V1Pod[]> {
  await client.patch(deployments, component.namespace, component.name, {
    type: 'merge',
    body: { spec: { replicas } },
  })
  return awaitPods(client, component, replicas)
}

/** How many replicas the component is to have. */
export async function replicasOf(client: KubeClient, { namespace, name }: Component): Promise<number> {
  return (await client.get(deployments, namespace, name)).spec?.replicas ?? 1
}

/** Deletes a pod; with `graceSeconds` 0 it is killed. */
export async function deletePod(client: KubeClient, pod: V1Pod, graceSeconds?: number): Promise<void> {
  await client.delete(
    pods,
    pod.metadata.namespace ?? '',
    pod.metadata.name ?? '',
    graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds },
  )
}
