import { describe, expect, test } from '@jest/globals'
import { PodRamp, rampEnough, rampStart } from './pod-ramp.ts'

/** A number is an answer after so many milliseconds. */
type Event = number | 'overwhelmed' | 'second'

function after(events: readonly Event[]): PodRamp {
  const ramp = new PodRamp()
  for (const event of events) {
    if (event === 'overwhelmed') ramp.overwhelmed()
    else if (event === 'second') ramp.secondPassed()
    else ramp.answered(event)
  }
  return ramp
}

const times = (count: number, event: Event): Event[] => Array(count).fill(event)

test.each<[string, Event[], number]>([
  ['begins small', [], rampStart],
  ['grows by one with each prompt answer', [20, 20, 20], rampStart + 3],
  ['tolerates twice the fastest and 10 ms', [20, 50], rampStart + 2],
  ['does not grow when answers get slower', [20, 51, 100, 640], rampStart + 1],
  ['a faster answer raises the bar', [200, 20, 51], rampStart + 2],
  ['is halved by trouble', ['overwhelmed'], rampStart / 2],
  ['but leaves something', times(10, 'overwhelmed'), 8],
  ['and grows again', [...times(10, 'overwhelmed'), 5, 5], 10],
  ['grows in a silent second', ['second'], rampStart * 2],
  ['not in one with answers', [20, 90, 'second'], rampStart + 1],
  ['nor in one with trouble', ['overwhelmed', 'second'], rampStart / 2],
  ['but in a silent one after that', [20, 'second', 'second'], rampStart * 2 + 1],
])('%s', (_, events, limit) => {
  expect(after(events).limit).toBe(limit)
})

describe('is done', () => {
  test.each<[Event[], boolean]>([
    [times(rampEnough - rampStart - 1, 20), false],
    [times(rampEnough - rampStart, 20), true],
  ])('once the pod held 1024 and stayed fast', (events, done) => {
    expect(after(events).done).toBe(done)
  })
})

test('a pod that serves one request after the other is not given more than it was at first', () => {
  const ramp = new PodRamp()
  let finishedMs = 0
  const sentMs = Array(rampStart).fill(0) as number[]
  let most = 0
  for (let served = 0; served < 2000; served++) {
    const sent = sentMs.shift()!
    finishedMs += 20
    ramp.answered(finishedMs - sent)
    while (sentMs.length < ramp.limit) sentMs.push(finishedMs)
    most = Math.max(most, sentMs.length)
  }
  expect(most).toBeLessThan(rampStart + 5)
})
