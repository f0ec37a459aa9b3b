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
  | { readonly do: 'pods'; readonly pods: readonly number[]; readonly throughService: boolean }
  | { readonly do: 'share'; readonly self: number; readonly activators: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ do: 'arrive' }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('give up' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('pods' as const),
      pods: fc.uniqueArray(fc.nat(6)),
      throughService: fc.boolean(),
    }),
  },
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

/** Long ones, for a revision with room for many requests to fill up. */
const story = fc.array(step, { maxLength: 80, size: 'large' })

const serviceDest = '10.1.0.1:80'

test('no place is sent more than its limit, nobody waits beside a free slot, and every request ends', () => {
  fc.assert(
    fc.property(fc.nat(5), story, (containerConcurrency, steps) => {
      const clock = new ManualClock()
      const most = 5
      const budget = new QueueBudget(() => ({
        maxRequests: most,
        maxBytes: most,
        maxRequestsPerRevision: most,
        maxBytesPerRevision: most,
      }))
      const throttler = new RevisionThrottler({ containerConcurrency, random: Math.random, clock, budget })
      let podCount = 0
      let activatorCount = 1
      const limitOf = (dest: string) => {
        if (containerConcurrency === 0) return Number.POSITIVE_INFINITY
        if (dest !== serviceDest) return containerConcurrency
        return Math.max(1, Math.floor((containerConcurrency * podCount) / activatorCount))
      }
      const running: PodTracker[] = []
      const waiting = new Set<Place>()
      const usedOf = (place: string) => running.filter(({ dest }) => dest === place).length
      const run = (pod: PodTracker) => {
        running.push(pod)
        expect(usedOf(pod.dest)).toBeLessThanOrEqual(limitOf(pod.dest))
      }
      const arrive = () => {
        const pod = throttler.reserve()
        if (pod) {
          run(pod)
          return
        }
        const place = throttler.wait(
          {
            granted: (granted) => {
              waiting.delete(place!)
              run(granted)
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
        expect(throttler.waiting).toBe(waiting.size)
        expect([budget.requests, budget.bytes]).toEqual([waiting.size, waiting.size])
        if (waiting.size === 0) return
        for (const { dest, hasRoom } of throttler.assignedPods) {
          expect(hasRoom).toBe(false)
          if (containerConcurrency > 0) expect(usedOf(dest)).toBeGreaterThanOrEqual(limitOf(dest))
        }
      }
      for (const action of steps) {
        if (action.do === 'arrive') arrive()
        else if (action.do === 'finish' && running.length > 0) finish(action.which)
        else if (action.do === 'give up' && waiting.size > 0) {
          const place = [...waiting][action.which % waiting.size]!
          waiting.delete(place)
          expect(throttler.leave(place)).toBe(true)
        } else if (action.do === 'pods') {
          podCount = action.pods.length
          throttler.updateBackends({
            clusterIP: action.throughService ? serviceDest : undefined,
            pods: new Set(action.pods.map((pod) => `10.0.0.${pod}:8012`)),
          })
        } else if (action.do === 'share') {
          activatorCount = action.activators
          throttler.updateActivators(action.self, action.activators)
        }
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
