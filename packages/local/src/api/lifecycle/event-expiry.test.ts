import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { timestamp } from '../meta/kube-object.ts'
import { SqliteChangeLog } from '../storage/sqlite-change-log.ts'
import { Store } from '../storage/store.ts'
import { EventExpiry } from './event-expiry.ts'

test('events go an hour after they were last seen', async () => {
  const clock = new ManualClock(0)
  const store = new Store(new SqliteChangeLog(':memory:'))
  const put = (name: string, seenMs: number) => {
    const metadata = { name, namespace: 'n', creationTimestamp: timestamp(0) }
    store.put(
      'events',
      { apiVersion: 'v1', kind: 'Event', metadata, lastTimestamp: timestamp(seenMs) },
      undefined,
    )
  }
  const expiry = new EventExpiry(store, clock)
  put('once', 0)
  put('repeated', 30 * 60_000)
  await clock.advance(59 * 60_000)
  expect(store.list('events')).toHaveLength(2)
  await clock.advance(60_000)
  expect(store.list('events').map(({ metadata }) => metadata.name)).toEqual(['repeated'])
  expiry.stop()
  expect(clock.pendingTimers).toBe(0)
})
