import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from './testing/index.ts'
import { awaitMinimumVersion } from './version-check.ts'

test('an API server that comes up, or is upgraded, within a minute will do', async () => {
  const clock = new ManualClock()
  const client = new FakeKubeClient()
  client.version = 'v1.20.0'
  let done = false
  const waiting = awaitMinimumVersion(client, {}, clock).then(() => {
    done = true
  })
  await clock.advance(59_000)
  expect(done).toBe(false)
  client.version = 'v1.34.0'
  await clock.advance(1000)
  await waiting
})

test('an aborted wait ends at once', async () => {
  const client = new FakeKubeClient()
  client.version = 'v1.20.0'
  const waiting = awaitMinimumVersion(client, {}, new ManualClock(), AbortSignal.abort(new Error('stop')))
  await expect(waiting).rejects.toThrow('stop')
})

test('after a minute it is an error', async () => {
  const clock = new ManualClock()
  const client = new FakeKubeClient()
  client.version = 'v1.20.0'
  const failed = expect(awaitMinimumVersion(client, {}, clock)).rejects.toThrow(
    'Kubernetes v1.20.0 is not supported',
  )
  await clock.advance(60_000)
  await failed
})
