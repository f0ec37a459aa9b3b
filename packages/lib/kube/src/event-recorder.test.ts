import { expect, test } from '@jest/globals'
import { configMaps, events } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { silentLogger } from '@knative-ts/observability'
import { ApiError } from './api-error.ts'
import { ApiEventRecorder } from './event-recorder.ts'
import { FakeKubeClient } from './testing/index.ts'

const object = { metadata: { name: 'a', namespace: 'ns', uid: 'u1' } }

function setUp() {
  const client = new FakeKubeClient()
  const clock = new ManualClock(Date.UTC(2026, 0, 2))
  const recorder = new ApiEventRecorder({ client, clock, logger: silentLogger, component: 'c-controller' })
  return { client, clock, recorder }
}

test('an event names the object, its source and its time', async () => {
  const { client, recorder } = setUp()
  recorder.event(configMaps, object, 'Normal', 'Created', 'made it')
  await recorder.flush()
  const [event] = client.peekAll(events)
  expect(event).toMatchObject({
    type: 'Normal',
    reason: 'Created',
    message: 'made it',
    count: 1,
    firstTimestamp: '2026-01-02T00:00:00Z',
    source: { component: 'c-controller' },
    involvedObject: { kind: 'ConfigMap', apiVersion: 'v1', name: 'a', namespace: 'ns', uid: 'u1' },
  })
})

test('the same event again raises its count', async () => {
  const { client, clock, recorder } = setUp()
  for (let i = 0; i < 3; i++) {
    recorder.event(configMaps, object, 'Warning', 'InternalError', 'again')
    await recorder.flush()
    await clock.advance(1000)
  }
  const all = client.peekAll(events)
  expect(all).toHaveLength(1)
  expect(all[0]).toMatchObject({ count: 3, lastTimestamp: '2026-01-02T00:00:02Z' })
})

test('a long message is cut, and a refusal does not matter', async () => {
  const { client, recorder } = setUp()
  recorder.event(configMaps, object, 'Normal', 'Long', 'x'.repeat(5000))
  await recorder.flush()
  expect(client.peekAll(events)[0]?.message).toHaveLength(1024)
  client.intercept(() => {
    throw new ApiError('Forbidden', 'no')
  })
  recorder.event(configMaps, object, 'Normal', 'Other', 'refused')
  await expect(recorder.flush()).resolves.toBeUndefined()
})
