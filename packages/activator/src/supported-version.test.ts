import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { supportedVersion } from './supported-version.ts'

test('waits for an API server that is not up to date yet', async () => {
  const api = new FakeKubeClient()
  const clock = new ManualClock()
  api.version = 'v1.20.0'
  let supported = false
  const waiting = supportedVersion(api, {}, clock).then(() => {
    supported = true
  })
  await clock.advance(5000)
  expect(supported).toBe(false)
  api.version = 'v1.35.1'
  await clock.advance(1000)
  await waiting
  expect(clock.pendingTimers).toBe(0)
})

test('gives up after a minute, with the reason', async () => {
  const api = new FakeKubeClient()
  const clock = new ManualClock()
  api.version = 'v1.20.0'
  const outcome = expect(supportedVersion(api, {}, clock)).rejects.toMatchObject({ code: 'KUBE_VERSION' })
  await clock.advance(61_000)
  await outcome
})
