import { expect, test } from '@jest/globals'
import { pods, type V1Pod } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { RecordingEvents } from '@knative-ts/kube/testing'
import { DelayedEvents } from './delayed-events.ts'

test('events are passed on in order, half a second later', async () => {
  const clock = new ManualClock()
  const recorder = new RecordingEvents()
  const events = new DelayedEvents(recorder, clock)
  const pod = { metadata: { name: 'p', namespace: 'ns' } } as V1Pod
  events.event(pods, pod, 'Normal', 'Started', 'one')
  await clock.advance(400)
  events.event(pods, pod, 'Warning', 'Failed', 'two')
  expect(recorder.events).toEqual([])
  await clock.advance(100)
  expect(recorder.events).toEqual(['Normal Started one', 'Warning Failed two'])
  events.event(pods, pod, 'Normal', 'Killing', 'three')
  await clock.advance(500)
  expect(recorder.events).toHaveLength(3)
  expect(clock.pendingTimers).toBe(0)
})
