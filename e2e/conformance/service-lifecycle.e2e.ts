import { describe, expect, test } from '@jest/globals'
import {
  conditionOf,
  configurationGenerationLabelKey,
  configurationLabelKey,
  coreServices,
  creatorAnnotationKey,
  pods,
  revisions,
  routeLabelKey,
  routes,
  type Service,
  serviceLabelKey,
  services,
  updaterAnnotationKey,
} from '@knative-ts/apis'
import { isNotFound } from '@knative-ts/kube'
import { eventually } from '../harness/eventually.ts'
import { underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'
import { runtimeReport } from './runtime.ts'

const { workspace, client, gateway, anotherWorkspace, needs } = await connectSuite()

const revisionBehind = async (service: Service) =>
  runtimeReport(await workspace.get(service)).container.env['K_REVISION']

describe('a new Service', () => {
  test('becomes Ready with one revision that gets all traffic', async () => {
    const service = await workspace.serve({ image: 'runtime', name: 'first' })
    expect(service.status).toMatchObject({
      observedGeneration: 1,
      latestCreatedRevisionName: 'first-00001',
      latestReadyRevisionName: 'first-00001',
      traffic: [{ latestRevision: true, percent: 100, revisionName: 'first-00001' }],
      url: expect.stringMatching(/^http:\/\/first\./),
      address: { url: `http://first.${workspace.namespace}.svc.cluster.local` },
    })
    expect(service.status?.conditions?.map(({ type, status }) => [type, status])).toEqual([
      ['ConfigurationsReady', 'True'],
      ['Ready', 'True'],
      ['RoutesReady', 'True'],
    ])
    expect((await workspace.get(service)).status).toBe(200)
  })

  test('has children with its name and labels', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const name = service.metadata.name ?? ''
    const labels = { [serviceLabelKey]: name }
    const owner = [expect.objectContaining({ kind: 'Service', name, controller: true })]
    expect((await workspace.configuration(name)).metadata).toMatchObject({ labels, ownerReferences: owner })
    expect((await workspace.route(name)).metadata).toMatchObject({ labels, ownerReferences: owner })
    const revision = await workspace.revision(`${name}-00001`)
    expect(revision.metadata.labels).toMatchObject({
      ...labels,
      [configurationLabelKey]: name,
      [configurationGenerationLabelKey]: '1',
      'serving.knative.dev/routingState': 'active',
    })
    const placeholder = await client.get(coreServices, workspace.namespace, name)
    expect(placeholder.metadata.labels).toMatchObject({ ...labels, [routeLabelKey]: name })
    expect(placeholder.spec?.type).toBe('ExternalName')
  })

  needs('registry')('knows its images by digest', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const revision = await workspace.revision(service.status?.latestReadyRevisionName ?? '')
    for (const { imageDigest } of revision.status?.containerStatuses ?? []) {
      expect(imageDigest).toMatch(/@sha256:[\da-f]{64}$/)
    }
  })

  test('can have its name generated', async () => {
    const created = await workspace.create({ image: 'runtime', metadata: { generateName: 'made-up-' } })
    expect(created.metadata.name).toMatch(/^made-up-./)
    const service = await workspace.ready(services, created.metadata.name ?? '')
    expect((await workspace.get(service)).status).toBe(200)
  })

  test('can have the name of one in another namespace', async () => {
    const other = await anotherWorkspace()
    const here = await workspace.serve({ image: 'runtime', name: 'twin', env: { WHERE: 'here' } })
    const there = await other.serve({ image: 'runtime', name: 'twin', env: { WHERE: 'there' } })
    expect(here.status?.url).not.toBe(there.status?.url)
    expect(runtimeReport(await workspace.get(here)).container.env['WHERE']).toBe('here')
    expect(runtimeReport(await workspace.get(there)).container.env['WHERE']).toBe('there')
  })

  test('is in the list, and a watch shows how it became Ready', async () => {
    const stop = new AbortController()
    const seen: (string | undefined)[] = []
    const { resourceVersion } = await client.list(services, { namespace: workspace.namespace })
    const watching = client.watch(
      services,
      {
        namespace: workspace.namespace,
        fieldSelector: 'metadata.name=watched',
        resourceVersion,
        signal: stop.signal,
      },
      (event) => {
        if (event.type !== 'BOOKMARK') seen.push(conditionOf(event.object.status, 'Ready')?.status)
      },
    )
    await workspace.serve({ image: 'runtime', name: 'watched' })
    await eventually('Ready in the watch', async () => seen.at(-1) === 'True')
    stop.abort()
    await watching
    // A client such as kn takes a False that lasts for failure.
    expect(seen).not.toContain('False')
    const { items } = await client.list(services, { namespace: workspace.namespace })
    expect(items.map(({ metadata }) => metadata.name)).toContain('watched')
  })
})

describe('an update', () => {
  test('of the template makes a revision each, without one failed request', async () => {
    const service = await workspace.serve({ image: 'runtime', env: { STEP: '0' } })
    const name = service.metadata.name ?? ''
    const load = await underLoad(
      gateway,
      service.status?.url ?? '',
      2,
      async () => {
        for (const step of ['1', '2', '3']) {
          const updated = await workspace.update(name, ({ spec }) => {
            spec.template = workspace.template({ image: 'runtime', env: { STEP: step } })
          })
          const { container } = runtimeReport(await workspace.get(updated))
          expect(container.env).toMatchObject({ STEP: step, K_REVISION: `${name}-0000${Number(step) + 1}` })
        }
      },
      20,
    )
    expect(load.failures).toEqual({})
    const latest = await workspace.service(name)
    expect(latest.metadata.generation).toBe(4)
    const last = await workspace.revision(`${name}-00004`)
    expect(last.metadata.labels?.[configurationGenerationLabelKey]).toBe('4')
    expect(await workspace.revisionsOf(name)).toHaveLength(4)
  })

  test('of labels or annotations of the template makes a revision that has them', async () => {
    const { metadata } = await workspace.serve({ image: 'runtime' })
    const name = metadata.name ?? ''
    await workspace.update(name, ({ spec }) => {
      spec.template.metadata = { labels: { tier: 'web' }, annotations: { 'example.com/note': 'n' } }
    })
    const revision = await workspace.revision(`${name}-00002`)
    expect(revision.metadata.labels).toMatchObject({ tier: 'web' })
    expect(revision.metadata.annotations).toMatchObject({ 'example.com/note': 'n' })
  })

  test('of its own labels and annotations reaches its children, and makes no revision', async () => {
    const service = await workspace.serve({
      image: 'runtime',
      metadata: {
        labels: { team: 'red' },
        annotations: { 'example.com/keep': '1', 'example.com/drop': '1' },
      },
    })
    const name = service.metadata.name ?? ''
    await workspace.edit(services, name, ({ metadata }) => {
      metadata.labels = { team: 'blue' }
      delete metadata.annotations?.['example.com/drop']
      metadata.annotations = { ...metadata.annotations, 'example.com/add': '1' }
    })
    for (const read of [() => workspace.configuration(name), () => workspace.route(name)]) {
      const child = await eventually('the new label', async () => {
        const object = await read()
        return object.metadata.labels?.['team'] === 'blue' ? object : undefined
      })
      expect(child.metadata.annotations).toMatchObject({ 'example.com/keep': '1', 'example.com/add': '1' })
      expect(child.metadata.annotations).not.toHaveProperty('example.com/drop')
    }
    await eventually('the label at the Kubernetes Service', async () => {
      const { metadata } = await client.get(coreServices, workspace.namespace, name)
      return metadata.labels?.['team'] === 'blue'
    })
    expect(await workspace.revisionsOf(name)).toHaveLength(1)
    expect(await revisionBehind(await workspace.ready(services, name))).toBe(`${name}-00001`)
  })

  test('is signed with who created and who changed it', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const name = service.metadata.name ?? ''
    const creator = service.metadata.annotations?.[creatorAnnotationKey]
    expect(creator).toBeTruthy()
    const signature = { [creatorAnnotationKey]: creator, [updaterAnnotationKey]: creator }
    for (const object of [await workspace.configuration(name), await workspace.route(name)]) {
      expect(object.metadata.annotations).toMatchObject(signature)
    }
    const revision = await workspace.revision(`${name}-00001`)
    expect(revision.metadata.annotations?.[creatorAnnotationKey]).toBe(creator)
  })
})

describe('a revision named by its author', () => {
  test('keeps its name; its content cannot change under it', async () => {
    const service = await workspace.serve({ image: 'runtime', name: 'byo', revisionName: 'byo-blue' })
    expect(service.status?.latestReadyRevisionName).toBe('byo-blue')
    await expect(
      workspace.edit(services, 'byo', ({ spec }) => {
        spec.template.spec.containers[0]!.image = workspace.image('autoscale')
      }),
    ).rejects.toThrow(/without a name change/)
    expect(await revisionBehind(service)).toBe('byo-blue')
  })

  test('can be gone back to', async () => {
    const name = 'rollback'
    const paint = (colour: string) =>
      workspace.update(name, ({ spec: { template } }) => {
        template.metadata = { name: `rollback-${colour}` }
        template.spec.containers[0]!.env = [{ name: 'V', value: colour }]
      })
    await workspace.serve({ image: 'runtime', name, revisionName: 'rollback-blue', env: { V: 'blue' } })
    expect(await revisionBehind(await paint('green'))).toBe('rollback-green')
    const back = await paint('blue')
    expect(back.status).toMatchObject({
      latestCreatedRevisionName: 'rollback-blue',
      latestReadyRevisionName: 'rollback-blue',
    })
    expect(await revisionBehind(back)).toBe('rollback-blue')
    expect(await workspace.revisionsOf(name)).toHaveLength(2)
  })
})

describe('deletion', () => {
  test('takes revisions and pods along, and the host is unknown again', async () => {
    const service = await workspace.serve({ image: 'runtime', name: 'short-lived' })
    await client.delete(services, workspace.namespace, 'short-lived')
    const labelSelector = `${serviceLabelKey}=short-lived`
    await eventually('everything gone', async () => {
      const { namespace } = workspace
      const left = [
        ...(await client.list(services, { namespace, fieldSelector: 'metadata.name=short-lived' })).items,
        ...(await client.list(revisions, { namespace, labelSelector })).items,
        ...(await client.list(pods, { namespace, labelSelector })).items,
      ]
      return left.length === 0
    })
    await eventually('its Kubernetes Service gone', () =>
      client.get(coreServices, workspace.namespace, 'short-lived').then(() => false, isNotFound),
    )
    await eventually('404', async () => (await workspace.get(service)).status === 404)
  })

  test('of a child is made good', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const name = service.metadata.name ?? ''
    const before = (await workspace.route(name)).metadata.uid
    await client.delete(routes, workspace.namespace, name)
    await eventually('a new Route', async () => {
      const route = await workspace.route(name)
      return route.metadata.uid !== before && conditionOf(route.status, 'Ready')?.status === 'True'
    })
    expect((await workspace.get(service)).status).toBe(200)
  })
})
