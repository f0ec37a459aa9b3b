import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import fc from 'fast-check'
import type { PodTracker } from './pod-tracker.ts'
import { QueueBudget } from './queue-budget.ts'
import { RevisionThrottler } from './revision-throttler.ts'
import type { Place } from './wait-queue.ts'

type Step =
  | { readonly do: 'arrive' }
  | { readonly do: 'finish'; readonly which: number }
  | { readonly do: 'give up'; readonly which: number }
  | { readonly do: 'pods'; readonly pods: readonly number[] }
  | { readonly do: 'share'; readonly self: number; readonly activators: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ do: 'arrive' }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('give up' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pods' as const), pods: fc.uniqueArray(fc.nat(6)) }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 4 }).chain((activators) =>
      fc.record({
        do: fc.constant('share' as const),
        self: fc.nat(activators - 1),
        activators: fc.constant(activators),
      }),
    ),
  },
)

test('no pod exceeds its limit, nobody waits beside a free slot, and every request ends', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.array(step, { maxLength: 80 }), (containerConcurrency, steps) => {
      const clock = new ManualClock()
      const most = 5
      const budget = new QueueBudget(() => ({
        maxRequests: most,
        maxBytes: most,
        maxRequestsPerRevision: most,
        maxBytesPerRevision: most,
      }))
      const throttler = new RevisionThrottler({ containerConcurrency, random: Math.random, clock, budget })
      const limit = containerConcurrency || Number.POSITIVE_INFINITY
      const running: PodTracker[] = []
      const waiting = new Set<Place>()
      const arrive = () => {
        const pod = throttler.reserve()
        if (pod) {
          running.push(pod)
          return
        }
        const place = throttler.wait(
          {
            granted: (granted) => {
              waiting.delete(place!)
              running.push(granted)
            },
            refused: (refusal) => {
              expect(refusal).toBe('queue-full')
              expect(waiting.size).toBe(most)
            },
          },
          1,
        )
        if (place) waiting.add(place)
      }
      const finish = (which: number) => {
        const [pod] = running.splice(which % running.length, 1)
        throttler.release(pod!)
      }
      const check = () => {
        const count = new Map<string, number>()
        for (const pod of running) count.set(pod.dest, (count.get(pod.dest) ?? 0) + 1)
        for (const used of count.values()) expect(used).toBeLessThanOrEqual(limit)
        expect(throttler.waiting).toBe(waiting.size)
        expect([budget.requests, budget.bytes]).toEqual([waiting.size, waiting.size])
        if (waiting.size > 0) expect(throttler.assignedPods.some((pod) => pod.hasRoom)).toBe(false)
      }
      for (const action of steps) {
        if (action.do === 'arrive') arrive()
        else if (action.do === 'finish' && running.length > 0) finish(action.which)
        else if (action.do === 'give up' && waiting.size > 0) {
          const place = [...waiting][action.which % waiting.size]!
          waiting.delete(place)
          expect(throttler.leave(place)).toBe(true)
        } else if (action.do === 'pods') {
          throttler.updateBackends({
            clusterIP: undefined,
            pods: new Set(action.pods.map((pod) => `10.0.0.${pod}:8012`)),
          })
        } else if (action.do === 'share') throttler.updateActivators(action.self, action.activators)
        check()
      }
      throttler.updateBackends({ clusterIP: undefined, pods: new Set(['10.0.0.9:8012']) })
      while (running.length > 0) finish(0)
      expect(waiting.size).toBe(0)
      throttler.close()
      expect(clock.pendingTimers).toBe(0)
    }),
  )
})
