import { describe, expect, test } from '@jest/globals'
import { assignSlice, clusterIPCapacity, maxSlots, pickIndices } from './assign-pods.ts'

describe('pickIndices', () => {
  test.each([
    ['one pod, one activator', 1, 0, 1, 0, 1, 0],
    ['one activator takes all', 5, 0, 1, 0, 5, 0],
    ['fewer pods than activators: in turn', 2, 0, 3, 0, 1, 0],
    ['fewer pods than activators: second', 2, 1, 3, 1, 2, 0],
    ['fewer pods than activators: wraps', 2, 2, 3, 0, 1, 0],
    ['as many pods as activators', 3, 1, 3, 1, 2, 0],
    ['an even split', 6, 1, 3, 2, 4, 0],
    ['first slice with a remnant', 4, 0, 3, 0, 1, 1],
    ['last slice with a remnant', 4, 2, 3, 2, 3, 1],
    ['two remnants', 5, 0, 3, 0, 1, 2],
    ['two remnants, last activator', 5, 2, 3, 2, 3, 2],
    ['larger slices with remnants', 11, 1, 3, 3, 6, 2],
  ])('%s', (_, pods, self, activators, begin, end, remnants) => {
    expect(pickIndices(pods, self, activators)).toEqual({ begin, end, remnants })
  })
})

describe('assignSlice', () => {
  test.each([
    ['position unknown: all', ['a', 'b', 'c'], -1, 2, ['a', 'b', 'c']],
    ['no pods', [], 0, 2, []],
    ['one pod is everybody’s', ['a'], 3, 5, ['a']],
    ['one activator', ['a', 'b', 'c'], 0, 1, ['a', 'b', 'c']],
    ['even split, first', ['a', 'b', 'c', 'd'], 0, 2, ['a', 'b']],
    ['even split, second', ['a', 'b', 'c', 'd'], 1, 2, ['c', 'd']],
    ['remnant goes to the first', ['a', 'b', 'c'], 0, 2, ['a', 'c']],
    ['no remnant for the second', ['a', 'b', 'c'], 1, 2, ['b']],
    ['two remnants of three activators, first', ['a', 'b', 'c', 'd', 'e'], 0, 3, ['a', 'd']],
    ['two remnants of three activators, second', ['a', 'b', 'c', 'd', 'e'], 1, 3, ['b', 'e']],
    ['two remnants of three activators, third', ['a', 'b', 'c', 'd', 'e'], 2, 3, ['c']],
    ['fewer pods than activators: shared', ['a', 'b'], 2, 3, ['a']],
  ])('%s', (_, pods, self, activators, assigned) => {
    expect(assignSlice(pods, self, activators)).toEqual(assigned)
  })
})

describe('clusterIPCapacity', () => {
  test.each([
    ['unlimited concurrency has no capacity of its own', 0, 5, 1, 0],
    ['no pods', 10, 0, 3, 0],
    ['activators unknown', 10, 3, 0, 30],
    ['fair share, rounded down', 10, 5, 3, 16],
    ['at least one', 1, 1, 3, 1],
    ['clamped', 1000, 3_000_000, 1, maxSlots],
  ])('%s', (_, containerConcurrency, pods, activators, capacity) => {
    expect(clusterIPCapacity(containerConcurrency, pods, activators)).toBe(capacity)
  })
})
