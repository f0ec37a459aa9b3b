import { describe, expect, test } from '@jest/globals'
import { Breaker, maxBreakerCapacity } from './breaker.ts'

const small = { queueDepth: 2, maxConcurrency: 1, initialCapacity: 1 }

describe('Breaker', () => {
  test('admits up to its capacity, queues in order, refuses the rest', () => {
    const breaker = new Breaker(small)
    const admitted: string[] = []
    expect(breaker.tryAcquire()).toBe(true)
    expect(breaker.tryAcquire()).toBe(false)
    expect(breaker.wait(() => admitted.push('a'))).toBeDefined()
    expect(breaker.wait(() => admitted.push('b'))).toBeDefined()
    expect(breaker.wait(() => admitted.push('c'))).toBeUndefined()
    expect([breaker.active, breaker.inFlight]).toEqual([1, 3])
    breaker.release()
    expect(admitted).toEqual(['a'])
    breaker.release()
    breaker.release()
    expect(admitted).toEqual(['a', 'b'])
    expect([breaker.active, breaker.inFlight]).toEqual([0, 0])
  })

  test('one that gives up makes room and is never admitted', () => {
    const breaker = new Breaker(small)
    breaker.tryAcquire()
    const admitted: string[] = []
    const first = breaker.wait(() => admitted.push('a'))!
    breaker.wait(() => admitted.push('b'))
    first.cancel()
    first.cancel()
    expect(breaker.wait(() => admitted.push('c'))).toBeDefined()
    breaker.release()
    breaker.release()
    expect(admitted).toEqual(['b', 'c'])
  })

  test('giving up after admission changes nothing', () => {
    const breaker = new Breaker(small)
    breaker.tryAcquire()
    const waiting = breaker.wait(() => {})!
    breaker.release()
    waiting.cancel()
    expect(breaker.active).toBe(1)
  })

  test('more capacity admits those who wait; less spares those who run', () => {
    const breaker = new Breaker({ queueDepth: 10, maxConcurrency: 10, initialCapacity: 0 })
    const admitted: number[] = []
    for (let n = 0; n < 4; n++) breaker.wait(() => admitted.push(n))
    breaker.updateConcurrency(2)
    expect(admitted).toEqual([0, 1])
    breaker.updateConcurrency(1)
    breaker.release()
    expect(admitted).toEqual([0, 1])
    breaker.release()
    expect(admitted).toEqual([0, 1, 2])
    breaker.updateConcurrency(Number.POSITIVE_INFINITY)
    expect(breaker.capacity).toBe(maxBreakerCapacity)
    expect(admitted).toEqual([0, 1, 2, 3])
  })

  test('admitting may release at once, however many wait', () => {
    const breaker = new Breaker({ queueDepth: 20_000, maxConcurrency: 1, initialCapacity: 1 })
    breaker.tryAcquire()
    let admitted = 0
    for (let n = 0; n < 20_000; n++) {
      breaker.wait(() => {
        admitted++
        breaker.release()
      })
    }
    breaker.release()
    expect([admitted, breaker.inFlight]).toEqual([20_000, 0])
  })

  test('a release too many is an error of ours', () => {
    expect(() => new Breaker(small).release()).toThrow(RangeError)
  })
})
