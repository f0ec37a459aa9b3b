import { describe, expect, test } from '@jest/globals'
import { FreeSlots } from './free-slots.ts'
import { type AssignedPods, firstAvailable, lbPolicyFor, randomChoice2, roundRobin } from './lb-policy.ts'
import { PodTracker } from './pod-tracker.ts'

function assigned(inFlight: readonly number[], full: readonly number[] = []): AssignedPods {
  const free = new FreeSlots(inFlight.length)
  const pods = inFlight.map((count, index) => {
    const pod = new PodTracker(`10.0.0.${index}:8012`)
    pod.inFlight = count
    free.set(index, !full.includes(index))
    return pod
  })
  return { pods, free }
}

const sequence = (...values: number[]) => {
  const rest = [...values]
  return () => rest.shift() ?? 0
}

describe('randomChoice2', () => {
  test('has nowhere to go without pods', () => {
    expect(randomChoice2(Math.random)(assigned([]))).toBe(-1)
  })

  test('takes the only pod however busy it is', () => {
    expect(randomChoice2(Math.random)(assigned([7]))).toBe(0)
  })

  test('takes the less busy of two', () => {
    expect(randomChoice2(sequence(0, 0))(assigned([5, 3, 0]))).toBe(1)
    expect(randomChoice2(sequence(0.99, 0))(assigned([0, 5, 3]))).toBe(0)
  })

  test('passes on from a pod that is being tried out and has enough', () => {
    const three = assigned([0, 1, 2], [0])
    three.pods[0]!.limit = 0
    expect(randomChoice2(sequence(0, 0))(three)).toBe(1)
    const full = assigned([0, 0], [0, 1])
    for (const pod of full.pods) pod.limit = 0
    expect(randomChoice2(Math.random)(full)).toBe(-1)
  })

  test('never compares a pod with itself', () => {
    expect(randomChoice2(sequence(0.5, 0.5))(assigned([0, 9, 0]))).toBe(2)
  })

  test.each([
    [0.4, 0],
    [0.6, 1],
  ])('a coin of %p decides a tie', (coin, position) => {
    expect(randomChoice2(sequence(0, 0, coin))(assigned([1, 1]))).toBe(position)
  })
})

describe('firstAvailable', () => {
  test('skips full pods', () => {
    expect(firstAvailable(assigned([1, 1, 0], [0, 1]))).toBe(2)
  })

  test('finds none when all are full', () => {
    expect(firstAvailable(assigned([1, 1], [0, 1]))).toBe(-1)
  })
})

describe('roundRobin', () => {
  test('takes pods in turn and starts over', () => {
    const policy = roundRobin()
    const pods = assigned([0, 0, 0])
    expect([policy(pods), policy(pods), policy(pods), policy(pods)]).toEqual([0, 1, 2, 0])
  })

  test('goes on after the pod used last, skipping full ones', () => {
    const policy = roundRobin()
    policy(assigned([0, 0, 0]))
    const pods = assigned([0, 1, 1], [1, 2])
    expect(policy(pods)).toBe(0)
    expect(policy(assigned([1, 1, 1], [0, 1, 2]))).toBe(-1)
  })

  test('survives a shorter list', () => {
    const policy = roundRobin()
    const three = assigned([0, 0, 0])
    policy(three)
    policy(three)
    policy(three)
    expect(policy(assigned([0]))).toBe(0)
  })
})

test.each([
  [1, 'first'],
  [3, 'first'],
  [4, 'in turn'],
  [100, 'in turn'],
])('containerConcurrency %p fills pods %p', (containerConcurrency, kind) => {
  const policy = lbPolicyFor(containerConcurrency, Math.random)
  const pods = assigned([0, 0])
  policy(pods)
  expect(policy(pods)).toBe(kind === 'first' ? 0 : 1)
})
