import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { PodTracker } from './pod-tracker.ts'
import { TrackedPods } from './tracked-pods.ts'

const update = fc.record({ dests: fc.uniqueArray(fc.string({ maxLength: 2 })), busy: fc.nat() })

test('the places are sorted, those that stay or are busy keep their tracker', () => {
  fc.assert(
    fc.property(fc.array(update), (updates) => {
      const tracked = new TrackedPods()
      const busy = new Map<string, PodTracker>()
      let before: readonly PodTracker[] = []
      for (const { dests, busy: which } of updates) {
        tracked.replace(new Set(dests))
        const { sorted } = tracked
        expect(sorted.map(({ dest }) => dest)).toEqual([...dests].sort())
        for (const pod of sorted) {
          expect(pod).toBe(busy.get(pod.dest) ?? before.find(({ dest }) => dest === pod.dest) ?? pod)
        }
        before = sorted
        const chosen = sorted[which % (sorted.length || 1)]
        if (chosen) {
          chosen.inFlight = 1
          busy.set(chosen.dest, chosen)
        }
      }
    }),
  )
})

test('a place that is gone is forgotten with its last request', () => {
  const tracked = new TrackedPods()
  tracked.replace(new Set(['a']))
  const [pod] = tracked.sorted
  pod!.inFlight = 1
  tracked.replace(new Set())
  pod!.inFlight = 0
  tracked.forgetIfUnused(pod!)
  tracked.replace(new Set(['a']))
  expect(tracked.sorted[0]).not.toBe(pod)
})
