import { describe, expect, test } from '@jest/globals'
import { endpointSlices, type Service } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, client, gateway } = await connectSuite()

const systemNamespace = 'knative-serving'
const serviceNameLabel = 'kubernetes.io/service-name'
const revisionOf = (service: Service) => service.status?.latestReadyRevisionName ?? ''

/** Ready addresses behind a Kubernetes Service. */
async function addressesOf(namespace: string, service: string): Promise<Set<string>> {
  const labelSelector = `${serviceNameLabel}=${service}`
  const { items } = await client.list(endpointSlices, { namespace, labelSelector })
  return new Set(
    items
      .flatMap((slice) => slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses }) => addresses),
  )
}

const publicAddresses = (revision: string) => addressesOf(workspace.namespace, revision)
const activators = () => addressesOf(systemNamespace, 'activator-service')

const throughActivators = async (revision: string) => {
  const [addresses, all] = [await publicAddresses(revision), await activators()]
  return addresses.size > 0 && [...addresses].every((address) => all.has(address))
}
const straightToPods = async (revision: string) => {
  const addresses = await publicAddresses(revision)
  const pods = new Set((await workspace.readyPodsOf(revision)).map((pod) => pod.status?.podIP ?? ''))
  return addresses.size > 0 && addresses.size === pods.size && [...addresses].every((one) => pods.has(one))
}

const serve = (annotations: Record<string, string>) =>
  workspace.serve({
    image: 'autoscale',
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]),
    ),
  })

describe('target-burst-capacity', () => {
  test('-1: requests go through activators, always', async () => {
    const service = await serve({ 'target-burst-capacity': '-1', 'min-scale': '1' })
    await eventually('activators in the path', () => throughActivators(revisionOf(service)))
    expect((await workspace.get(service)).status).toBe(200)
  })

  test('0: requests go to the pods while there are any, to activators at zero', async () => {
    const service = await serve({
      'target-burst-capacity': '0',
      window: '6s',
      'scale-to-zero-pod-retention-period': '0s',
    })
    const revision = revisionOf(service)
    const url = service.status?.url ?? ''
    // Without requests there are pods for a few seconds only.
    await underLoad(gateway, url, 1, async () => {
      await eventually('pods in the path', () => straightToPods(revision))
    })
    await workspace.scaled(revision, 0, { withinMs: 60_000 })
    await eventually('activators in the path', () => throughActivators(revision))
    const { failures } = await underLoad(gateway, url, 1, async () => {
      await eventually('pods in the path again', () => straightToPods(revision))
    })
    expect(failures).toEqual({})
  })

  test('7 of 10: activators leave the path when pods have room for the burst', async () => {
    const service = await serve({ 'target-burst-capacity': '7', target: '10', window: '10s' })
    const revision = revisionOf(service)
    // Long enough for what happens outside the pod to count little.
    const url = `${service.status?.url}/?sleep=4000`
    // One pod with 5 of 10 in flight has room for 5, which is less than 7. From 7 in flight on a second pod comes up.
    await underLoad(gateway, url, 5, async () => {
      await eventually('activators in the path', () => throughActivators(revision))
    })
    // 12 in flight bring two pods, which have room for 8.
    const { failures } = await underLoad(gateway, url, 12, async () => {
      await eventually('two pods in the path', async () => {
        return (await straightToPods(revision)) && (await publicAddresses(revision)).size === 2
      })
    })
    expect(failures).toEqual({})
  })
})
