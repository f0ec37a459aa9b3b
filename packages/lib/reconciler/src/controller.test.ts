import { describe, expect, test } from '@jest/globals'
import { keyString } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { Controller } from './controller.ts'
import { alwaysLeader } from './leadership.ts'
import { againAfter, done, type Outcome, retry, terminal } from './outcome.ts'

function setUp(outcomes: (Outcome | Error)[], leadership = alwaysLeader) {
  const clock = new ManualClock()
  const logger = new RecordingLogger()
  const seen: { key: string; atMs: number }[] = []
  const controller = new Controller({
    name: 'test',
    clock,
    logger,
    leadership,
    workers: 1,
    timeoutMs: 1000,
    reconciler: {
      async reconcile(key) {
        seen.push({ key: keyString(key), atMs: clock.monotonic() })
        const outcome = outcomes.shift() ?? done
        if (outcome instanceof Error) throw outcome
        return outcome
      },
    },
  })
  const abort = new AbortController()
  const ended = controller.run(abort.signal)
  const stop = async () => {
    abort.abort()
    await ended
  }
  return { clock, logger, seen, controller, stop }
}

describe('Controller', () => {
  test('done: once', async () => {
    const { clock, seen, controller, stop } = setUp([])
    controller.enqueueKey('ns/a')
    await clock.advance(10_000)
    expect(seen).toEqual([{ key: 'ns/a', atMs: 0 }])
    await stop()
    expect(clock.pendingTimers).toBe(0)
  })

  test('again-after: after the delay', async () => {
    const { clock, seen, controller, stop } = setUp([againAfter(300)])
    controller.enqueueKey('ns/a')
    await clock.advance(1000)
    expect(seen.map(({ atMs }) => atMs)).toEqual([0, 300])
    await stop()
  })

  test('retry and a thrown error: with growing delays, logged with their key', async () => {
    const { clock, seen, controller, logger, stop } = setUp([retry(new Error('one')), new Error('two')])
    controller.enqueueKey('ns/a')
    await clock.advance(1000)
    expect(seen.map(({ atMs }) => atMs)).toEqual([0, 5, 15])
    expect(logger.lines.map(({ level, fields }) => [level, fields['knative.dev/key']])).toEqual([
      ['error', 'ns/a'],
      ['error', 'ns/a'],
    ])
    expect(controller.queue.failuresOf('ns/a')).toBe(0)
    await stop()
  })

  test('terminal: not again', async () => {
    const { clock, seen, controller, stop } = setUp([terminal(new Error('hopeless'))])
    controller.enqueueKey('ns/a')
    await clock.advance(10_000)
    expect(seen).toHaveLength(1)
    await stop()
  })

  test('keys of other leaders are left alone', async () => {
    const { clock, seen, controller, stop } = setUp([], { isLeaderFor: (key) => key === 'ns/mine' })
    controller.enqueueKey('ns/theirs')
    controller.enqueueKey('ns/mine')
    await clock.advance(10)
    expect(seen.map(({ key }) => key)).toEqual(['ns/mine'])
    await stop()
  })

  test('a reconcile is told when its time is up', async () => {
    const clock = new ManualClock()
    let reason: unknown
    const controller = new Controller({
      name: 'slow',
      clock,
      logger: new RecordingLogger(),
      leadership: alwaysLeader,
      timeoutMs: 1000,
      reconciler: {
        reconcile: (_, signal) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => {
              reason = signal.reason
              resolve(done)
            }),
          ),
      },
    })
    const abort = new AbortController()
    const ended = controller.run(abort.signal)
    controller.enqueueKey('a')
    await clock.advance(1000)
    expect(reason).toMatchObject({ message: 'reconciling a took longer than 1 s' })
    abort.abort()
    await ended
  })
})
