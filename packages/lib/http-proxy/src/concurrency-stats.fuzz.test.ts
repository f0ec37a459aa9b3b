import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ConcurrencyStats } from './concurrency-stats.ts'

describe('ConcurrencyStats', () => {
  test('weighs concurrency by time and starts afresh with each report', () => {
    const stats = new ConcurrencyStats(0)
    stats.arrive(0, false)
    stats.arrive(500, true)
    expect(stats.report(1000)).toEqual({
      averageConcurrency: 1.5,
      averageProxiedConcurrency: 0.5,
      requestCount: 2,
      proxiedRequestCount: 1,
    })
    stats.leave(1250, true)
    stats.leave(1500, false)
    expect(stats.report(2000)).toEqual({
      averageConcurrency: 0.75,
      averageProxiedConcurrency: 0.25,
      requestCount: 0,
      proxiedRequestCount: 0,
    })
    expect(stats.concurrency).toBe(0)
  })

  test('a report after no time is zero, and a clock that steps back counts as no time', () => {
    const stats = new ConcurrencyStats(1000)
    stats.arrive(1000, false)
    expect(stats.report(1000)).toMatchObject({ averageConcurrency: 0, requestCount: 1 })
    stats.arrive(900, false)
    expect(stats.report(1000)).toMatchObject({ averageConcurrency: 2, requestCount: 1 })
  })

  test('agrees with the sum over requests of the time each was there', () => {
    const request = fc.record({ from: fc.nat(1000), lasts: fc.nat(1000), proxied: fc.boolean() })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
        const endMs = 1000
        const stats = new ConcurrencyStats(0)
        const events = requests.flatMap(({ from, lasts, proxied }) => [
          { atMs: from, run: () => stats.arrive(from, proxied) },
          ...(from + lasts <= endMs
            ? [{ atMs: from + lasts, run: () => stats.leave(from + lasts, proxied) }]
            : []),
        ])
        // Stable, so that a request arrives before it leaves even if it takes no time.
        events.sort((a, b) => a.atMs - b.atMs)
        for (const { run } of events) run()
        const report = stats.report(endMs)
        const presence = (only: (proxied: boolean) => boolean) =>
          requests
            .filter(({ proxied }) => only(proxied))
            .reduce((sum, { from, lasts }) => sum + Math.min(lasts, endMs - from), 0) / endMs
        expect(report.averageConcurrency).toBeCloseTo(
          presence(() => true),
          9,
        )
        expect(report.averageProxiedConcurrency).toBeCloseTo(
          presence((proxied) => proxied),
          9,
        )
        expect(report.requestCount).toBe(requests.length)
        expect(report.proxiedRequestCount).toBe(requests.filter(({ proxied }) => proxied).length)
      }),
    )
  })
})
