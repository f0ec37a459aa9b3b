import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { rollingStep } from './rolling-update.ts'

const quarter = { maxSurge: '25%', maxUnavailable: '25%' }
const safe = { maxSurge: '25%', maxUnavailable: 0 }
const old = (replicas: number, available = replicas) => [{ name: 'old', replicas, available }]

test.each([
  [
    'first pod of one, nothing may be missing',
    { wanted: 1, newReplicas: 0, newAvailable: 0, old: old(1) },
    safe,
    1,
    {},
  ],
  [
    'old stays until the new one is there',
    { wanted: 1, newReplicas: 1, newAvailable: 0, old: old(1) },
    safe,
    1,
    {},
  ],
  ['then it goes', { wanted: 1, newReplicas: 1, newAvailable: 1, old: old(1) }, safe, 1, { old: 0 }],
  [
    'four, a quarter each way',
    { wanted: 4, newReplicas: 0, newAvailable: 0, old: old(4) },
    quarter,
    1,
    { old: 3 },
  ],
  ['midway', { wanted: 4, newReplicas: 2, newAvailable: 1, old: old(3) }, quarter, 2, { old: 2 }],
  [
    'broken old pods go first',
    { wanted: 2, newReplicas: 1, newAvailable: 1, old: old(2, 0) },
    safe,
    1,
    { old: 1 },
  ],
  ['scaling up without a roll-out', { wanted: 5, newReplicas: 2, newAvailable: 2, old: [] }, safe, 5, {}],
  ['scaling down', { wanted: 1, newReplicas: 4, newAvailable: 4, old: [] }, safe, 1, {}],
  ['to zero', { wanted: 0, newReplicas: 1, newAvailable: 1, old: old(1) }, safe, 0, { old: 0 }],
  [
    'both limits zero still moves',
    { wanted: 1, newReplicas: 0, newAvailable: 0, old: old(1) },
    { maxSurge: 0, maxUnavailable: 0 },
    0,
    { old: 0 },
  ],
])('%s', (_, state, limits, newReplicas, expectedOld) => {
  const step = rollingStep(state, limits)
  expect(step.newReplicas).toBe(newReplicas)
  expect(Object.fromEntries(step.old)).toEqual(expectedOld)
})

test('every roll-out ends, and never has too many pods or too few', () => {
  const limit = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('25%', '50%', '100%'))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), limit, limit, (wanted, maxSurge, maxUnavailable) => {
      const limits = { maxSurge, maxUnavailable }
      const of = (value: number | string, round: (n: number) => number) =>
        typeof value === 'number' ? value : round((Number.parseInt(value, 10) * wanted) / 100)
      const surge = of(maxSurge, Math.ceil)
      const missing =
        surge === 0 ? Math.max(1, of(maxUnavailable, Math.floor)) : of(maxUnavailable, Math.floor)
      let state = { wanted, newReplicas: 0, newAvailable: 0, old: old(wanted) }
      for (let round = 0; round < 100; round++) {
        const step = rollingStep(state, limits)
        const oldReplicas = step.old.get('old') ?? state.old[0]?.replicas ?? 0
        expect(step.newReplicas + oldReplicas).toBeLessThanOrEqual(wanted + Math.max(surge, 0))
        expect(Math.min(state.newAvailable, step.newReplicas) + oldReplicas).toBeGreaterThanOrEqual(
          wanted - missing,
        )
        state = {
          wanted,
          newReplicas: step.newReplicas,
          newAvailable: step.newReplicas,
          old: old(oldReplicas),
        }
        if (oldReplicas === 0 && step.newReplicas === wanted) return
      }
      throw new Error('the roll-out did not end')
    }),
  )
})
