import { describe, expect, test } from '@jest/globals'
import { conditionOf, pods, revisions, type Service, serviceLabelKey, services } from '@knative-ts/apis'
import { eventually, watchFor } from '../harness/eventually.ts'
import { underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, client, gateway } = await connectSuite()

const scale = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]))
const fast = { window: '6s', 'scale-to-zero-pod-retention-period': '0s' }
const revisionOf = (service: Service) => service.status?.latestReadyRevisionName ?? ''

describe('min-scale', () => {
  test('Ready means that so many pods are, and they stay', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: scale({ ...fast, 'min-scale': '3' }),
    })
    const revision = revisionOf(service)
    expect(await workspace.readyPodsOf(revision)).toHaveLength(3)
    const counts = await watchFor(12_000, async () => (await workspace.readyPodsOf(revision)).length)
    expect(new Set(counts)).toEqual(new Set([3]))
    expect((await workspace.revision(revision)).status?.actualReplicas).toBe(3)
  })

  test('can be changed on the living revision', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: scale({ ...fast, 'min-scale': '1' }),
    })
    const revision = revisionOf(service)
    const setMinimum = (value: string | undefined) =>
      workspace.edit(revisions, revision, ({ metadata }) => {
        const key = 'autoscaling.knative.dev/min-scale'
        if (value === undefined) delete metadata.annotations?.[key]
        else metadata.annotations = { ...metadata.annotations, [key]: value }
      })
    await workspace.scaled(revision, 1)
    await setMinimum('2')
    await workspace.scaled(revision, 2)
    await setMinimum('3')
    await workspace.scaled(revision, 3)
    await setMinimum(undefined)
    await workspace.scaled(revision, 0, { withinMs: 120_000 })
  })

  test('the old revision keeps its pods until the new one has all of its own', async () => {
    const { metadata } = await workspace.serve({
      image: 'slowstart',
      env: { START_MS: '0' },
      annotations: scale({ ...fast, 'min-scale': '2' }),
    })
    const name = metadata.name ?? ''
    await workspace.edit(services, name, ({ spec }) => {
      spec.template.spec.containers[0]!.env = [{ name: 'START_MS', value: '3000' }]
    })
    let fewestOld = 2
    await eventually('two pods of the new revision', async () => {
      const ready = (await workspace.readyPodsOf(`${name}-00002`)).length
      const old = (await workspace.readyPodsOf(`${name}-00001`)).length
      if (ready < 2) fewestOld = Math.min(fewestOld, old)
      return ready === 2
    })
    expect(fewestOld).toBe(2)
    await workspace.scaled(`${name}-00001`, 0, { withinMs: 120_000 })
  })
})

describe('max-scale', () => {
  test('is never passed, whatever the load', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: scale({ ...fast, 'max-scale': '2', target: '1' }),
    })
    const revision = revisionOf(service)
    const counts: number[] = []
    const { failures } = await underLoad(
      gateway,
      `${service.status?.url}/?sleep=200`,
      10,
      async () => {
        await workspace.scaled(revision, 2)
        counts.push(...(await watchFor(8_000, async () => (await workspace.podsOf(revision)).length)))
      },
      10,
    )
    expect(Math.max(...counts)).toBe(2)
    expect(failures).toEqual({})
  })
})

describe('initial-scale', () => {
  test('so many pods come first, and go when there is nothing to do', async () => {
    const { metadata } = await workspace.create({
      image: 'autoscale',
      annotations: scale({ 'initial-scale': '3', window: '20s' }),
    })
    const name = metadata.name ?? ''
    let most = 0
    await eventually('three ready pods', async () => {
      most = Math.max(most, (await workspace.podsOf(`${name}-00001`)).length)
      return (await workspace.readyPodsOf(`${name}-00001`)).length === 3
    })
    await workspace.ready(services, name)
    expect(most).toBe(3)
    await eventually('fewer pods', async () => (await workspace.podsOf(`${name}-00001`)).length < 3)
  })

  test('fewer pods than that are not Ready', async () => {
    const name = workspace.name('patient')
    const stop = new AbortController()
    const readySince = new Map<string, string>()
    const { namespace } = workspace
    const labelSelector = `${serviceLabelKey}=${name}`
    const { resourceVersion } = await client.list(pods, { namespace, labelSelector })
    const watching = client.watch(
      pods,
      { namespace, labelSelector, resourceVersion, signal: stop.signal },
      (event) => {
        if (event.type === 'BOOKMARK') return
        const { metadata, status } = event.object
        const ready = status?.conditions?.find(({ type }) => type === 'Ready')
        const pod = metadata.name ?? ''
        if (ready?.status === 'True' && !readySince.has(pod)) {
          readySince.set(pod, String(ready.lastTransitionTime))
        }
      },
    )
    await workspace.create({
      image: 'slowstart',
      name,
      env: { START_MS: '4000' },
      annotations: scale({ 'initial-scale': '2', window: '20s' }),
    })
    const { status } = await workspace.ready(revisions, `${name}-00001`)
    const revisionReady = conditionOf(status, 'Ready')?.lastTransitionTime ?? ''
    await eventually('two pods', async () => readySince.size === 2)
    stop.abort()
    await watching
    for (const podReady of readySince.values()) {
      expect(Date.parse(podReady)).toBeLessThanOrEqual(Date.parse(revisionReady))
    }
  })
})
