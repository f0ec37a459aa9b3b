import { afterEach, expect, test } from '@jest/globals'
import { onTermination } from './shutdown.ts'

const signals = ['SIGTERM', 'SIGINT'] as const
const before = signals.map((signal) => process.listeners(signal))

afterEach(() => {
  signals.forEach((signal, i) => {
    for (const listener of process.listeners(signal)) {
      if (!before[i]!.includes(listener)) process.off(signal, listener)
    }
  })
})

/** What a process that watches for termination would do at a signal. */
function watching() {
  const exits: number[] = []
  const terminated = onTermination((code) => exits.push(code))
  const send = (signal: (typeof signals)[number]) => {
    const own = process
      .listeners(signal)
      .filter((listener) => !before[signals.indexOf(signal)]!.includes(listener))
    for (const listener of own) listener(signal)
  }
  return { exits, terminated, send }
}

test.each(signals)('%s asks for an orderly end', (signal) => {
  const { exits, terminated, send } = watching()
  expect(terminated.aborted).toBe(false)
  send(signal)
  expect(terminated.aborted).toBe(true)
  expect(exits).toEqual([])
})

test.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
] as const)('%s and then %s end it at once, with code 1', (first, second) => {
  const { exits, send } = watching()
  send(first)
  send(second)
  expect(exits).toEqual([1])
})
