import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { desiredScale, type Panic, type ScaleParameters } from './desired-scale.ts'

const load = fc.double({ min: 0, max: 1e6, noNaN: true })

const parameters: fc.Arbitrary<ScaleParameters> = fc.record({
  targetValue: fc.double({ min: 0.01, max: 1000, noNaN: true }),
  totalValue: fc.double({ min: 0.01, max: 1000, noNaN: true }),
  targetBurstCapacity: fc.oneof(fc.constant(-1), fc.constant(0), fc.integer({ min: 1, max: 5000 })),
  maxScaleUpRate: fc.double({ min: 1.01, max: 1000, noNaN: true }),
  maxScaleDownRate: fc.double({ min: 1.01, max: 100, noNaN: true }),
  panicThreshold: fc.double({ min: 1.1, max: 10, noNaN: true }),
  stableWindowMs: fc.integer({ min: 6, max: 3600 }).map((seconds) => seconds * 1000),
  activationScale: fc.option(fc.integer({ min: 2, max: 50 }), { nil: undefined }),
  reachable: fc.boolean(),
})

const ticks = fc.array(
  fc.record({ readyPods: fc.integer({ min: 0, max: 500 }), stable: load, panicking: load }),
  {
    minLength: 1,
    maxLength: 40,
  },
)

test('whatever the load, the scale is a whole number within the rates, or held by panic', () => {
  fc.assert(
    fc.property(parameters, ticks, (given, loads) => {
      let panic: Panic
      let nowMs = 1_700_000_000_000
      for (const { readyPods, stable, panicking } of loads) {
        const before = panic
        const decision = desiredScale({ parameters: given, readyPods, stable, panicking, panic, nowMs })
        panic = decision.panic
        const present = Math.max(1, readyPods)
        expect(Number.isInteger(decision.pods)).toBe(true)
        expect(Number.isInteger(decision.excessBurstCapacity)).toBe(true)
        const most = Math.max(Math.ceil(given.maxScaleUpRate * present), given.activationScale ?? 0)
        expect(decision.pods).toBeLessThanOrEqual(Math.max(most, before?.maxPods ?? 0))
        const fewest = given.reachable ? Math.floor(present / given.maxScaleDownRate) : 0
        expect(decision.pods).toBeGreaterThanOrEqual(fewest)
        if (before && panic) expect(decision.pods).toBeGreaterThanOrEqual(before.maxPods)
        nowMs += 2000
      }
    }),
  )
})

test('more load never asks for fewer pods', () => {
  fc.assert(
    fc.property(parameters, fc.integer({ min: 0, max: 500 }), load, load, (given, readyPods, a, b) => {
      const pods = (level: number) =>
        desiredScale({
          parameters: given,
          readyPods,
          stable: level,
          panicking: level,
          panic: undefined,
          nowMs: 0,
        }).pods
      expect(pods(Math.max(a, b))).toBeGreaterThanOrEqual(pods(Math.min(a, b)))
    }),
  )
})
