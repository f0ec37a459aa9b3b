import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { endpoints, revisionLabelKey, revisions, revisionUIDLabelKey, serviceTypeKey } from '@knative-ts/apis'
import { TestWorld } from '../testing/test-world.ts'

const name = { namespace: 'default', name: 'hello-00001' }
let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

test('a revision is there as soon as it exists, and gone when it is deleted', async () => {
  await world.start()
  expect(world.activator.revisions.find(name)).toBeUndefined()
  world.addRevision('hello-00001')
  expect(world.activator.revisions.find(name)?.key).toBe('default/hello-00001')
  world.api.remove(revisions, 'default', 'hello-00001')
  expect(world.activator.revisions.find(name)).toBeUndefined()
})

test('pods and activators that were listed before the revision count', async () => {
  await world.start()
  const pods = [await world.addPod('pod-1', '127.0.7.71'), await world.addPod('pod-2', '127.0.7.72')]
  world.listPods('hello-00001', pods)
  world.listActivators('hello-00001', ['127.0.7.0', world.activatorIP])
  world.addRevision('hello-00001', { containerConcurrency: 1 })
  const { throttler } = world.activator.revisions.find(name)!
  while (!throttler.assignedPods[0]?.dest.startsWith(pods[1]!.ip)) await world.clock.advance(10)
  expect(throttler.assignedPods).toHaveLength(1)
})

test('an update keeps who waits and takes over new limits', async () => {
  await world.start()
  const revision = world.addRevision('hello-00001')
  const served = world.activator.revisions.find(name)!
  const request = world.get('hello-00001')
  await world.until(() => world.loads.length > 0)
  revision.spec.timeoutSeconds = 7
  world.api.replace(revisions, revision)
  expect(world.activator.revisions.find(name)).toBe(served)
  expect(served.timeLimits.requestMs).toBe(7000)
  world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.73')])
  expect((await request.response).status).toBe(200)
})

test('a revision that could not be read is served once it can be', async () => {
  await world.start()
  const revision = world.addRevision('hello-00001')
  world.api.remove(revisions, 'default', 'hello-00001')
  const { spec: _, ...unreadable } = { ...revision, metadata: { ...revision.metadata, uid: 'another' } }
  world.api.seed(revisions, unreadable as typeof revision)
  expect(world.activator.revisions.find(name)).toBeUndefined()
  world.api.replace(revisions, { ...revision, metadata: { ...revision.metadata, uid: 'another' } })
  expect(world.activator.revisions.find(name)?.key).toBe('default/hello-00001')
})

test('a revision that was deleted and made anew, unseen, starts afresh', async () => {
  await world.start()
  const revision = world.addRevision('hello-00001')
  const served = world.activator.revisions.find(name)
  const request = world.get('hello-00001')
  await world.until(() => world.loads.length > 0)
  world.api.replace(revisions, { ...revision, metadata: { ...revision.metadata, uid: 'another' } })
  expect(world.activator.revisions.find(name)).not.toBe(served)
  expect((await request.response).status).toBe(500)
})

test('a place among activators is kept while others, or the pods, serve the revision', async () => {
  await world.start()
  world.addRevision('hello-00001', { containerConcurrency: 1 })
  const pods = [await world.addPod('pod-1', '127.0.7.74'), await world.addPod('pod-2', '127.0.7.75')]
  world.listActivators('hello-00001', ['127.0.7.0', world.activatorIP])
  world.listPods('hello-00001', pods)
  const { throttler } = world.activator.revisions.find(name)!
  while (!throttler.assignedPods[0]?.dest.startsWith(pods[1]!.ip)) await world.clock.advance(10)
  world.listActivators('hello-00001', ['127.0.7.0'])
  await world.clock.advance(1000)
  expect(throttler.assignedPods.map(({ dest }) => dest)).toEqual([`${pods[1]!.ip}:${pods[1]!.port}`])
})

test.each<[string, Record<string, string>]>([
  ['of no revision’s uid', { [revisionLabelKey]: 'hello-00001', [serviceTypeKey]: 'Private' }],
  ['of no kind', { [revisionLabelKey]: 'hello-00001', [revisionUIDLabelKey]: 'uid' }],
  [
    'of another revision',
    { [revisionLabelKey]: 'b', [revisionUIDLabelKey]: 'uid', [serviceTypeKey]: 'Private' },
  ],
])('Endpoints %s have none of its pods', async (_, labels) => {
  await world.start()
  world.addRevision('hello-00001')
  const pod = await world.addPod('pod-1', '127.0.7.76')
  world.api.seed(endpoints, {
    metadata: { name: 'hello-00001-private', namespace: 'default', labels },
    subsets: [{ addresses: [{ ip: pod.ip }], ports: [{ name: 'http', port: pod.port }] }],
  })
  await world.clock.advance(1000)
  expect(pod.probes).toBe(0)
})

test.each<[string, Record<string, string>]>([
  ['of no kind', {}],
  ['of its pods', { [serviceTypeKey]: 'Private' }],
])('Endpoints %s say nothing of its activators', async (_, labels) => {
  await world.start()
  world.addRevision('hello-00001', { containerConcurrency: 1 })
  const pods = [await world.addPod('pod-1', '127.0.7.77'), await world.addPod('pod-2', '127.0.7.78')]
  world.listPods('hello-00001', pods)
  const { throttler } = world.activator.revisions.find(name)!
  while (throttler.assignedPods.length < 2) await world.clock.advance(10)
  world.api.seed(endpoints, {
    metadata: { ...name, labels: { [revisionLabelKey]: 'hello-00001', ...labels } },
    subsets: [
      { addresses: [{ ip: '127.0.7.0' }, { ip: world.activatorIP }], ports: [{ name: 'http', port: 8012 }] },
    ],
  })
  await world.clock.settle()
  expect(throttler.assignedPods).toHaveLength(2)
})

const withoutProbe = { containers: [{ name: 'user' }] }
const withStartupProbe = { containers: [{ name: 'user', startupProbe: { httpGet: { port: 8080 } } }] }

test.each([
  ['used, although it has got a startup probe', withoutProbe, withStartupProbe, true],
  ['not used, although its startup probe is gone', withStartupProbe, withoutProbe, false],
])('a pod of an updated revision that is not ready yet is %s', async (_, before, after, used) => {
  await world.start()
  const revision = world.addRevision('hello-00001', before)
  const pod = await world.addPod('pod-1', '127.0.7.79')
  world.api.replace(revisions, { ...revision, spec: { ...revision.spec, ...after } })
  world.listPods('hello-00001', [], [pod])
  const { throttler } = world.activator.revisions.find(name)!
  while (pod.probes < 3 && throttler.assignedPods.length === 0) await world.clock.advance(10)
  expect(throttler.assignedPods).toHaveLength(used ? 1 : 0)
})
