import { expect, test } from '@jest/globals'
import { configMaps } from '@knative-ts/apis'
import { createOrRead } from './create-or-read.ts'
import { FakeKubeClient } from './testing/index.ts'

const object = { metadata: { name: 'a', namespace: 'ns' }, data: { from: 'here' } }

test('what is missing is created', async () => {
  const client = new FakeKubeClient()
  const result = await createOrRead(client, configMaps, object)
  expect(result).toMatchObject({ created: true, object })
  expect(client.peek(configMaps, 'ns', 'a')).toEqual(result.object)
})

test('what is there is read and left as it is', async () => {
  const client = new FakeKubeClient()
  client.seed(configMaps, { ...object, data: { from: 'elsewhere' } })
  const result = await createOrRead(client, configMaps, object)
  expect(result).toMatchObject({ created: false, object: { data: { from: 'elsewhere' } } })
  expect(client.writes).toEqual([])
})

test('any other failure is the caller’s', async () => {
  const client = new FakeKubeClient()
  client.intercept(() => {
    throw new Error('no room')
  })
  await expect(createOrRead(client, configMaps, object)).rejects.toThrow('no room')
})
