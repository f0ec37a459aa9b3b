import { describe, expect, test } from '@jest/globals'
import { coreServices, type Service, services } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, client } = await connectSuite()

const visibilityLabel = 'networking.knative.dev/visibility'
const local = { [visibilityLabel]: 'cluster-local' }

let caller: Promise<Service> | undefined

/** What a caller inside the cluster gets for `url`, or for `host` at that address. */
async function fromInside(url: string, host?: string) {
  caller ??= workspace.serve({ image: 'proxy' })
  const query = new URLSearchParams({ url, ...(host === undefined ? {} : { host }) })
  const { status, body } = await workspace.get(await caller, `/?${query}`)
  return { status, body: body.trim() }
}

const hostOf = (service: Service) => new URL(service.status?.url ?? '').hostname
const pod = (text: string) => expect.stringContaining(`pod ${text}-00001-deployment-`)

describe('a cluster-local Service', () => {
  test('has a cluster name only, answers inside, and is unknown outside', async () => {
    const service = await workspace.serve({ image: 'autoscale', metadata: { labels: local } })
    const name = service.metadata.name ?? ''
    const host = `${name}.${workspace.namespace}.svc.cluster.local`
    expect(service.status?.url).toBe(`http://${host}`)
    expect(service.status?.address?.url).toBe(`http://${host}`)
    for (const form of [host, `${name}.${workspace.namespace}.svc`, `${name}.${workspace.namespace}`]) {
      expect(await fromInside(`http://${form}/`)).toEqual({ status: 200, body: pod(name) })
    }
    expect((await workspace.get(service)).status).toBe(404)
  })

  test('wakes from zero for a call from inside', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      metadata: { labels: local },
      annotations: {
        'autoscaling.knative.dev/window': '6s',
        'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
      },
    })
    const name = service.metadata.name ?? ''
    await workspace.scaled(`${name}-00001`, 0, { withinMs: 120_000 })
    expect(await fromInside(`${service.status?.url}/`)).toEqual({ status: 200, body: pod(name) })
  })
})

describe('a public Service', () => {
  test('is reached inside by its cluster name and its public name, outside by its public name only', async () => {
    const service = await workspace.serve({ image: 'autoscale' })
    const name = service.metadata.name ?? ''
    const { address } = service.status ?? {}
    const answer = { status: 200, body: pod(name) }
    expect(address?.url).toBe(`http://${name}.${workspace.namespace}.svc.cluster.local`)
    expect(await fromInside(`${address?.url}/`)).toEqual(answer)
    for (const gateway of ['kourier-internal', 'kourier']) {
      const at = `http://${gateway}.kourier-system.svc.cluster.local/`
      expect([gateway, await fromInside(at, hostOf(service))]).toEqual([gateway, answer])
    }
    expect((await workspace.get(service)).status).toBe(200)
    expect((await workspace.gateway.get(`${address?.url}/`)).status).toBe(404)
  })

  test('becomes cluster-local by a label, and public again without it', async () => {
    const service = await workspace.serve({ image: 'autoscale' })
    const name = service.metadata.name ?? ''
    const publicHost = hostOf(service)
    await workspace.edit(services, name, ({ metadata }) => {
      metadata.labels = { ...metadata.labels, ...local }
    })
    const hidden = await eventually('the cluster name', async () => {
      const now = await workspace.ready(services, name)
      return hostOf(now).endsWith('.svc.cluster.local') ? now : undefined
    })
    expect((await workspace.get(service)).status).toBe(404)
    expect(await fromInside(`${hidden.status?.url}/`)).toEqual({ status: 200, body: pod(name) })
    await workspace.edit(services, name, ({ metadata }) => {
      delete metadata.labels?.[visibilityLabel]
    })
    const shown = await eventually('the public name', async () => {
      const now = await workspace.ready(services, name)
      return hostOf(now) === publicHost ? now : undefined
    })
    expect((await workspace.get(shown)).status).toBe(200)
  })
})

describe('a tag', () => {
  test('is hidden by a label on its Kubernetes Service, while the Route stays public', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      traffic: [
        { latestRevision: true, percent: 100 },
        { latestRevision: true, percent: 0, tag: 'beta' },
      ],
    })
    const name = service.metadata.name ?? ''
    const tagUrl = service.status?.traffic?.find(({ tag }) => tag === 'beta')?.url ?? ''
    expect((await workspace.gateway.get(tagUrl)).status).toBe(200)
    await workspace.edit(coreServices, `beta-${name}`, ({ metadata }) => {
      metadata.labels = { ...metadata.labels, ...local }
    })
    const hidden = await eventually('the cluster name of the tag', async () => {
      const { status } = await workspace.ready(services, name)
      const url = status?.traffic?.find(({ tag }) => tag === 'beta')?.url ?? ''
      return url.endsWith('.svc.cluster.local') ? url : undefined
    })
    expect(hidden).toBe(`http://beta-${name}.${workspace.namespace}.svc.cluster.local`)
    expect(await fromInside(`${hidden}/`)).toEqual({ status: 200, body: pod(name) })
    expect((await workspace.gateway.get(tagUrl)).status).toBe(404)
    expect((await workspace.get(await workspace.service(name))).status).toBe(200)
  })

  test('is hidden with its Route', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      metadata: { labels: local },
      traffic: [{ latestRevision: true, percent: 100, tag: 'beta' }],
    })
    const name = service.metadata.name ?? ''
    const { url } = service.status?.traffic?.[0] ?? {}
    expect(url).toBe(`http://beta-${name}.${workspace.namespace}.svc.cluster.local`)
    expect(await fromInside(`${url}/`)).toEqual({ status: 200, body: pod(name) })
  })
})

describe("somebody else's Kubernetes Service", () => {
  test('with the label of a Route changes nothing', async () => {
    const service = await workspace.serve({ image: 'autoscale' })
    const name = service.metadata.name ?? ''
    await client.create(coreServices, {
      metadata: {
        name: `stray-${name}`,
        namespace: workspace.namespace,
        labels: { 'serving.knative.dev/route': `${name}-elsewhere`, ...local },
      },
      spec: { type: 'ExternalName', externalName: 'example.com' },
    })
    expect((await workspace.get(service)).status).toBe(200)
    const stray = await client.get(coreServices, workspace.namespace, `stray-${name}`)
    expect(stray.spec?.externalName).toBe('example.com')
  })
})
