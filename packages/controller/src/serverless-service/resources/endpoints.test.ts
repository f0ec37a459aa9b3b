import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { activatorPods } from '../testing/serverless-service-table.ts'
import { activatorSubsets, readyAddressCount } from './endpoints.ts'

const ipOf = (n: number) => `10.0.${n >> 8}.${n & 255}`
const activators = (ips: string[]) => ({ metadata: { name: 'a' }, subsets: activatorPods(ips) })

describe('the activators of a revision', () => {
  test.each([
    [0, 3, 3],
    [3, 3, 3],
    [5, 3, 3],
    [2, 3, 2],
  ])('%i of %i', (count, total, expected) => {
    const ips = Array.from({ length: total }, (_, i) => ipOf(i))
    const subsets = activatorSubsets(activators(ips), 'hello', count)
    expect(readyAddressCount({ metadata: {}, subsets })).toBe(expected)
  })

  test('subsets left without an address are dropped', () => {
    const ips = Array.from({ length: 12 }, (_, i) => ipOf(i))
    const apart = { metadata: {}, subsets: ips.flatMap((ip) => activatorPods([ip])) }
    expect(activatorSubsets(apart, 'hello', 2)).toHaveLength(2)
  })

  test('as many as asked for, in the order in which they came', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(4000), { minLength: 4, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.string({ minLength: 1, maxLength: 12 }),
        (numbers, count, revision) => {
          const ips = numbers.map(ipOf)
          const chosen = (from: string[]) =>
            activatorSubsets(activators(from), revision, count).flatMap(({ addresses = [] }) =>
              addresses.map(({ ip }) => ip),
            )
          const all = chosen(ips)
          expect(all).toHaveLength(Math.min(count, ips.length))
          expect(ips.filter((ip) => all.includes(ip))).toEqual(all)
        },
      ),
      { numRuns: 50 },
    )
  })
})
