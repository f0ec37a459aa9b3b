import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { assignSlice } from './assign-pods.ts'

const sizes = fc.record({
  pods: fc.integer({ min: 1, max: 200 }),
  activators: fc.integer({ min: 1, max: 30 }),
})
const podList = (count: number) => Array.from({ length: count }, (_, index) => index)
const slices = (pods: number, activators: number) =>
  podList(activators).map((self) => assignSlice(podList(pods), self, activators))

test('every pod is somebody’s', () => {
  fc.assert(
    fc.property(sizes, ({ pods, activators }) => {
      expect(new Set(slices(pods, activators).flat()).size).toBe(pods)
    }),
  )
})

test('with enough pods no pod is shared and shares differ by at most one', () => {
  fc.assert(
    fc.property(sizes, ({ pods, activators }) => {
      fc.pre(pods >= activators && pods > 1)
      const shares = slices(pods, activators)
      expect(shares.flat()).toHaveLength(pods)
      const lengths = shares.map((share) => share.length)
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
    }),
  )
})

test('every activator has somewhere to send to', () => {
  fc.assert(
    fc.property(sizes, ({ pods, activators }) => {
      expect(slices(pods, activators).every((share) => share.length > 0)).toBe(true)
    }),
  )
})
