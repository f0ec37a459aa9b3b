import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from './testing/index.ts'
import { awaitMinimumVersion } from './version-check.ts'

/** An API server that is too old, and when it was asked for its version, in seconds. */
function oldServer(clock: ManualClock) {
  const client = new FakeKubeClient()
  const askedAt: number[] = []
  const getPath = client.getPath.bind(client)
  client.version = 'v1.20.0'
  client.getPath = (path) => {
    askedAt.push(clock.monotonic() / 1000)
    return getPath(path)
  }
  return { client, askedAt }
}

test.each([1, 2, 59, 60])(
  'an API server that comes up, or is upgraded, after %d s will do within a second',
  async (afterS) => {
    const clock = new ManualClock()
    const { client } = oldServer(clock)
    let done = false
    const waiting = awaitMinimumVersion(client, {}, clock).then(() => {
      done = true
    })
    await clock.advance((afterS - 1) * 1000)
    client.version = 'v1.34.0'
    await clock.advance(999)
    expect(done).toBe(false)
    await clock.advance(1)
    expect(done).toBe(true)
    await waiting
    expect(clock.pendingTimers).toBe(0)
  },
)

test('an aborted wait ends at once', async () => {
  const client = new FakeKubeClient()
  client.version = 'v1.20.0'
  const waiting = awaitMinimumVersion(client, {}, new ManualClock(), AbortSignal.abort(new Error('stop')))
  await expect(waiting).rejects.toThrow('stop')
})

test('it is asked every second, and after a minute it is an error', async () => {
  const clock = new ManualClock()
  const { client, askedAt } = oldServer(clock)
  let failed: unknown
  const waiting = awaitMinimumVersion(client, {}, clock).catch((error: unknown) => {
    failed = error
  })
  await clock.advance(59_999)
  expect(failed).toBeUndefined()
  await clock.advance(1)
  expect(failed).toMatchObject({ message: expect.stringContaining('Kubernetes v1.20.0 is not supported') })
  await waiting
  await clock.advance(10_000)
  expect(askedAt).toEqual(Array.from({ length: 61 }, (_, second) => second))
})
