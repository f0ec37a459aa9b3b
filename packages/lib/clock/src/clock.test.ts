import { describe, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { ManualClock } from '@knative-ts/clock/testing'

describe('ManualClock', () => {
  test('fires timers in due order and awaits what they release', async () => {
    const clock = new ManualClock(0)
    const seen: string[] = []
    clock.after(20, () => seen.push(`b@${clock.now()}`))
    clock.after(10, async () => {
      await Promise.resolve()
      seen.push(`a@${clock.now()}`)
    })
    await clock.advance(15)
    expect(seen).toEqual(['a@10'])
    await clock.advance(15)
    expect(seen).toEqual(['a@10', 'b@20'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('repeats until cancelled', async () => {
    const clock = new ManualClock(0)
    let n = 0
    const timer = clock.every(100, () => n++)
    await clock.advance(350)
    expect(n).toBe(3)
    timer.cancel()
    await clock.advance(1000)
    expect(n).toBe(3)
  })

  test('sleep rejects at once when aborted and leaves no timer', async () => {
    const clock = new ManualClock()
    const abort = new AbortController()
    const slept = clock.sleep(1000, abort.signal)
    abort.abort(new Error('stop'))
    await expect(slept).rejects.toThrow('stop')
    expect(clock.pendingTimers).toBe(0)
  })
})

test('systemClock sleeps and rejects an already aborted wait', async () => {
  await systemClock.sleep(1)
  await expect(systemClock.sleep(1, AbortSignal.abort(new Error('late')))).rejects.toThrow('late')
})

describe('systemClock', () => {
  test('runs what is overdue, and keeps what is far off, without a word', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    let early = false
    const timer = systemClock.after(9e9, () => {
      early = true
    })
    await new Promise<void>((resolve) => systemClock.after(-0.5, resolve))
    await systemClock.sleep(5)
    timer.cancel()
    process.off('warning', note)
    expect(warnings).toEqual([])
    expect(early).toBe(false)
  })
})
