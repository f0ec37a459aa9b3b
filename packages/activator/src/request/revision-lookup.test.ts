import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { TestWorld } from '../testing/test-world.ts'

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

test.each<[string, Record<string, string>, string]>([
  ['the private Service', { host: 'hello-00001-private.default.svc.cluster.local' }, 'hello-00001-private'],
  ['a short name', { host: 'hello-00001.default' }, ''],
  ['a name without its domain', { host: 'hello-00001.default.svc' }, ''],
  ['another domain', { host: 'hello-00001.default.svc.example.com' }, ''],
  [
    'a name without its namespace',
    { host: 'a.example', 'knative-serving-revision': 'hello-00001' },
    'hello-00001',
  ],
  ['a namespace without a name', { host: 'a.example', 'knative-serving-namespace': 'default' }, ''],
])('%s leads nowhere, and the answer says to what', async (_, headers, name) => {
  await world.start()
  world.addRevision('hello-00001')
  expect(await world.send('/', headers).response).toMatchObject({
    status: 404,
    body: `Error getting active endpoint: revision.serving.knative.dev "${name}" not found\n`,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  })
})
