import { describe, expect, test } from '@jest/globals'
import {
  conditionOf,
  configurations,
  routes,
  type Service,
  services,
  type TrafficTarget,
} from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { tally } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'
import { runtimeReport } from './runtime.ts'

const { workspace, client, gateway } = await connectSuite()

const revisionAt = async (url: string | undefined) =>
  runtimeReport(await gateway.get(url ?? '')).container.env['K_REVISION']

/** The share of each revision in the answers to `count` requests. */
async function shares(service: Service, count = 200): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: count }, () => revisionAt(service.status?.url)))
  const counts = tally(answers.map((name) => name ?? ''))
  return Object.fromEntries(Object.entries(counts).map(([name, hits]) => [name, hits / count]))
}

const setTraffic = (name: string, traffic: TrafficTarget[]) =>
  workspace.update(name, ({ spec }) => {
    spec.traffic = traffic
  })

async function twoRevisions() {
  const { metadata } = await workspace.serve({ image: 'runtime', env: { V: 'blue' } })
  const name = metadata.name ?? ''
  const service = await workspace.update(name, ({ spec }) => {
    spec.template.spec.containers[0]!.env = [{ name: 'V', value: 'green' }]
  })
  return { name, service, blue: `${name}-00001`, green: `${name}-00002` }
}

describe('split', () => {
  test('50 to 50: both get their share, and each tag its own revision', async () => {
    const { name, blue, green } = await twoRevisions()
    const service = await setTraffic(name, [
      { revisionName: blue, percent: 50, tag: 'blue' },
      { revisionName: green, percent: 50, tag: 'green' },
    ])
    const host = new URL(service.status?.url ?? '').hostname
    expect(service.status?.traffic).toEqual([
      { revisionName: blue, percent: 50, tag: 'blue', latestRevision: false, url: `http://blue-${host}` },
      { revisionName: green, percent: 50, tag: 'green', latestRevision: false, url: `http://green-${host}` },
    ])
    const share = await shares(service)
    expect(share[blue]).toBeGreaterThan(0.25)
    expect(share[green]).toBeGreaterThan(0.25)
    for (const { url, revisionName } of service.status?.traffic ?? []) {
      const asked = await Promise.all(Array.from({ length: 20 }, () => revisionAt(url)))
      expect(tally(asked.map((revision) => revision ?? ''))).toEqual({ [revisionName ?? '']: 20 })
    }
  })

  test('a candidate is tried under a tag, given a part, and made the one', async () => {
    const { metadata } = await workspace.serve({ image: 'runtime', env: { V: '1' } })
    const name = metadata.name ?? ''
    await setTraffic(name, [{ revisionName: `${name}-00001`, percent: 100, tag: 'current' }])
    const tried = await workspace.update(name, ({ spec }) => {
      spec.template.spec.containers[0]!.env = [{ name: 'V', value: '2' }]
      spec.traffic = [
        { revisionName: `${name}-00001`, percent: 100, tag: 'current' },
        { latestRevision: true, percent: 0, tag: 'candidate' },
      ]
    })
    expect(await shares(tried, 30)).toEqual({ [`${name}-00001`]: 1 })
    const candidate = tried.status?.traffic?.find(({ tag }) => tag === 'candidate')
    expect(candidate?.percent ?? 0).toBe(0)
    expect(await revisionAt(candidate?.url)).toBe(`${name}-00002`)
    const part = await setTraffic(name, [
      { revisionName: `${name}-00001`, percent: 80, tag: 'current' },
      { revisionName: `${name}-00002`, percent: 20, tag: 'candidate' },
    ])
    const share = await shares(part)
    expect(share[`${name}-00002`]).toBeGreaterThan(0.05)
    expect(share[`${name}-00002`]).toBeLessThan(0.4)
    const made = await setTraffic(name, [{ latestRevision: true, percent: 100 }])
    expect(await shares(made, 30)).toEqual({ [`${name}-00002`]: 1 })
    await eventually('the tag gone', async () => (await gateway.get(candidate?.url ?? '')).status === 404)
  })

  test('traffic pinned to an older revision stays there when a new one comes', async () => {
    const { name, blue } = await twoRevisions()
    await setTraffic(name, [{ revisionName: blue, percent: 100 }])
    const service = await workspace.update(name, ({ spec }) => {
      spec.template.spec.containers[0]!.env = [{ name: 'V', value: 'red' }]
    })
    expect(service.status?.latestReadyRevisionName).toBe(`${name}-00003`)
    expect(await shares(service, 30)).toEqual({ [blue]: 1 })
  })

  test('percentages that do not make 100 are refused, with the sum', async () => {
    const { metadata } = await workspace.serve({ image: 'runtime' })
    await expect(
      workspace.edit(services, metadata.name ?? '', ({ spec }) => {
        spec.traffic = [{ latestRevision: true, percent: 60 }]
      }),
    ).rejects.toThrow(/Traffic targets sum to 60, want 100.*spec\.traffic/s)
  })

  test('a revision that does not exist: the Route says so, and the old traffic goes on', async () => {
    const { metadata } = await workspace.serve({ image: 'runtime' })
    const name = metadata.name ?? ''
    await workspace.edit(services, name, ({ spec }) => {
      spec.traffic = [{ revisionName: `${name}-99999`, percent: 100 }]
    })
    const failed = await workspace.failed(services, name)
    expect(conditionOf(failed.status, 'RoutesReady')).toMatchObject({
      status: 'False',
      reason: 'RevisionMissing',
      message: `Revision "${name}-99999" referenced in traffic not found.`,
    })
    expect(await revisionAt(failed.status?.url)).toBe(`${name}-00001`)
  })
})

describe('gradual rollout', () => {
  test('moves traffic step by step, and says that it is under way', async () => {
    // Each step takes as long as the first one did, so a busy cluster makes few of them.
    const seconds = 60
    const { metadata } = await workspace.serve({
      image: 'runtime',
      metadata: { annotations: { 'serving.knative.dev/rollout-duration': `${seconds}s` } },
    })
    const name = metadata.name ?? ''
    await workspace.edit(services, name, ({ spec }) => {
      spec.template.spec.containers[0]!.env = [{ name: 'V', value: '2' }]
    })
    const underWay = await workspace.when(
      services,
      name,
      'RoutesReady',
      ({ reason }) => reason === 'RolloutInProgress',
    )
    expect(underWay.status?.traffic).toHaveLength(2)
    const seen: number[] = []
    const rolledOut = async () => {
      const { status } = await workspace.service(name)
      const part = status?.traffic?.find(({ revisionName }) => revisionName === `${name}-00002`)?.percent ?? 0
      if (seen.at(-1) !== part) seen.push(part)
      return part === 100
    }
    await eventually('all traffic at the new revision', rolledOut, { withinMs: 2_000 * seconds })
    expect(seen.length).toBeGreaterThan(3)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    const done = await workspace.ready(services, name)
    expect(await shares(done, 20)).toEqual({ [`${name}-00002`]: 1 })
  })
})

describe('Route and Configuration by themselves', () => {
  test('a Route follows the latest revision of its Configuration', async () => {
    const name = workspace.name('alone')
    const { namespace } = workspace
    await client.create(configurations, {
      metadata: { name, namespace },
      spec: { template: workspace.template({ image: 'runtime', env: { V: '1' } }) },
    })
    await client.create(routes, {
      metadata: { name, namespace },
      spec: { traffic: [{ configurationName: name, percent: 100 }] },
    })
    const route = await workspace.ready(routes, name)
    expect(await revisionAt(route.status?.url)).toBe(`${name}-00001`)
    const { container } = runtimeReport(await gateway.get(route.status?.url ?? ''))
    expect(container.env).toMatchObject({ K_SERVICE: '', K_CONFIGURATION: name })
    await workspace.edit(configurations, name, ({ spec }) => {
      spec.template.spec.containers[0]!.env = [{ name: 'V', value: '2' }]
    })
    await eventually(
      'the new revision',
      async () => (await revisionAt(route.status?.url)) === `${name}-00002`,
    )
  })

  test('both can have generated names', async () => {
    const { namespace } = workspace
    const configuration = await client.create(configurations, {
      metadata: { generateName: 'made-', namespace },
      spec: { template: workspace.template({ image: 'runtime' }) },
    })
    const configurationName = configuration.metadata.name ?? ''
    const { metadata } = await client.create(routes, {
      metadata: { generateName: 'made-', namespace },
      spec: { traffic: [{ configurationName, percent: 100 }] },
    })
    const route = await workspace.ready(routes, metadata.name ?? '')
    expect(await revisionAt(route.status?.url)).toBe(`${configurationName}-00001`)
  })

  test('labels and annotations of a Configuration make no revision and stay its own', async () => {
    const name = workspace.name('labelled')
    await client.create(configurations, {
      metadata: { name, namespace: workspace.namespace },
      spec: { template: workspace.template({ image: 'runtime' }) },
    })
    await workspace.ready(configurations, name)
    await workspace.edit(configurations, name, ({ metadata }) => {
      metadata.labels = { ...metadata.labels, team: 'red' }
      metadata.annotations = { ...metadata.annotations, 'example.com/note': '1' }
    })
    const after = await workspace.ready(configurations, name)
    expect(after.status?.latestCreatedRevisionName).toBe(`${name}-00001`)
    const revision = await workspace.revision(`${name}-00001`)
    expect(revision.metadata.labels).not.toHaveProperty('team')
    expect(revision.metadata.annotations).not.toHaveProperty('example.com/note')
  })
})
