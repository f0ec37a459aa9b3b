import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { WorkQueue } from './work-queue.ts'

function setUp() {
  const clock = new ManualClock()
  return { clock, queue: new WorkQueue({ clock }) }
}

describe('WorkQueue', () => {
  test('holds a key once and hands out in order', async () => {
    const { queue } = setUp()
    for (const key of ['a', 'b', 'a']) queue.add(key)
    expect(queue.depth).toBe(2)
    expect(await queue.next()).toBe('a')
    expect(await queue.next()).toBe('b')
  })

  test('a key added while it is worked on comes again afterwards, never in parallel', async () => {
    const { queue } = setUp()
    queue.add('a')
    await queue.next()
    queue.add('a')
    expect(queue.depth).toBe(0)
    queue.done('a')
    expect(await queue.next()).toBe('a')
  })

  test('a waiting worker gets the key that comes', async () => {
    const { queue } = setUp()
    const waiting = queue.next()
    queue.add('a')
    expect(await waiting).toBe('a')
    expect(queue.idle).toBe(false)
    queue.done('a')
    expect(queue.idle).toBe(true)
  })

  test('the slow lane waits for the fast one, and an event lifts a key out of it', async () => {
    const { queue } = setUp()
    for (const key of ['s1', 's2']) queue.addSlow(key)
    queue.add('f')
    queue.add('s2')
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual(['f', 's2', 's1'])
  })

  test('of several delays the earliest counts', async () => {
    const { clock, queue } = setUp()
    queue.addAfter('a', 1000)
    queue.addAfter('a', 100)
    queue.addAfter('a', 500)
    await clock.advance(99)
    expect(queue.depth).toBe(0)
    await clock.advance(1)
    expect(queue.depth).toBe(1)
    expect(clock.pendingTimers).toBe(0)
  })

  test('failures back off 5 ms·2ⁿ up to 1,000 s and are forgotten', async () => {
    const { clock, queue } = setUp()
    const waits: number[] = []
    for (let n = 0; n < 4; n++) {
      const atMs = clock.now()
      queue.addRateLimited('a')
      while (queue.depth === 0) await clock.advance(5)
      waits.push(clock.now() - atMs)
      await queue.next()
      queue.done('a')
    }
    expect(waits).toEqual([5, 10, 20, 40])
    expect(queue.failuresOf('a')).toBe(4)
    queue.forget('a')
    expect(queue.failuresOf('a')).toBe(0)
  })

  test('after a burst of 100, retries of all keys together come at 10 a second', async () => {
    const { clock, queue } = setUp()
    for (let i = 0; i < 120; i++) queue.addRateLimited(`k${i}`)
    await clock.advance(50)
    expect(queue.depth).toBe(100)
    await clock.advance(1000)
    expect(queue.depth).toBe(110)
  })

  test('closing releases workers and drops timers', async () => {
    const { clock, queue } = setUp()
    const waiting = queue.next()
    queue.addAfter('a', 10)
    queue.close()
    expect(await waiting).toBeUndefined()
    expect(await queue.next()).toBeUndefined()
    queue.add('b')
    expect(queue.depth).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })
})
