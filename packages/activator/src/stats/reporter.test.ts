import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { TestWorld } from '../testing/test-world.ts'
import { soleWorker } from '../workers/worker-share.ts'

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

test.each([
  ['an activator of one process', soleWorker, 'activator-7'],
  ['another process of an activator', { index: 1, count: 2 }, 'activator-7-w1'],
])('%s reports load under the name of its pod', async (_, worker, reporter) => {
  await world.start({ worker }, { POD_NAME: 'activator-7' })
  world.addRevision('hello-00001')
  const request = world.get('hello-00001')
  await world.until(() => world.loads.length > 0)
  request.abort()
  await expect(request.response).rejects.toThrow()
  expect(world.reporters).toEqual([reporter])
})
