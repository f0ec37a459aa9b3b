import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ProbeError } from '../errors.ts'
import type { ProbeSpec } from './probe-spec.ts'
import { ReadinessProber } from './readiness-prober.ts'

const action = { kind: 'tcpSocket', host: '127.0.0.1', port: 1 } as const
const aggressive: ProbeSpec = {
  action,
  aggressive: true,
  timeoutMs: 1000,
  successThreshold: 1,
  patienceMs: 0,
}
const paced: ProbeSpec = { action, aggressive: false, timeoutMs: 3000, successThreshold: 3, patienceMs: 0 }

/** A prober whose tries end as `outcomes` say, the last one for ever. */
function world(probes: readonly ProbeSpec[], outcomes: readonly boolean[]) {
  const clock = new ManualClock()
  const tries: { readonly atMs: number; readonly timeoutMs: number }[] = []
  const failures: string[] = []
  const prober = new ReadinessProber({
    probes,
    clock,
    tryProbe: async (_action, timeoutMs) => {
      const passes = outcomes[Math.min(tries.length, outcomes.length - 1)]
      tries.push({ atMs: clock.monotonic(), timeoutMs })
      if (!passes) throw new ProbeError(`try ${tries.length}`)
    },
    onFailure: (text) => failures.push(text),
  })
  const ask = () => {
    const state: { answer?: boolean } = {}
    prober.check().then((answer) => {
      state.answer = answer
    })
    return state
  }
  return { clock, prober, tries, failures, ask }
}

describe('ReadinessProber', () => {
  test('without probes everything is ready', async () => {
    const { prober } = world([], [false])
    expect(await prober.check()).toBe(true)
  })

  test('aggressive: tries every 50 ms, giving each 100 ms, until one passes', async () => {
    const { clock, tries, ask, failures } = world([aggressive], [false, false, true])
    const state = ask()
    await clock.advance(99)
    expect(state.answer).toBeUndefined()
    await clock.advance(1)
    expect(state.answer).toBe(true)
    expect(tries).toEqual([0, 50, 100].map((atMs) => ({ atMs, timeoutMs: 100 })))
    expect(failures).toEqual([])
  })

  test('aggressive: our own question, a mere connection, is tried every 10 ms at first', async () => {
    const { clock, prober, tries } = world([aggressive], [false, false, false, true])
    const ready = prober.untilReady(new AbortController().signal)
    await clock.advance(30)
    expect(await ready).toBe(true)
    expect(tries.map(({ atMs }) => atMs)).toEqual([0, 10, 20, 30])
  })

  test('aggressive: after a second it is tried every 50 ms like any other', async () => {
    const { clock, prober, tries } = world([aggressive], [false])
    const stop = new AbortController()
    void prober.untilReady(stop.signal)
    await clock.advance(1_100)
    expect(tries.slice(-3).map(({ atMs }) => atMs)).toEqual([1000, 1050, 1100])
    stop.abort()
  })

  test('aggressive: gives up after 10 s and says so once', async () => {
    const { clock, tries, ask, failures } = world([aggressive], [false])
    const state = ask()
    await clock.advance(10_000)
    expect(state.answer).toBe(false)
    expect(tries).toHaveLength(200)
    expect(failures).toEqual(['aggressive probe error (failed 200 times): try 200'])
  })

  test('aggressive: successThreshold passes in a row, counted across checks', async () => {
    const { clock, tries, ask } = world(
      [{ ...aggressive, successThreshold: 3 }],
      [true, false, true, true, true, true],
    )
    const state = ask()
    await clock.advance(200)
    expect(state.answer).toBe(true)
    expect(tries).toHaveLength(5)
    const again = ask()
    await clock.settle()
    expect(again.answer).toBe(true)
    expect(tries).toHaveLength(6)
  })

  test('with a period: one try per check, with the given limit and no threshold', async () => {
    const { clock, tries, ask, failures } = world([paced], [false, true])
    const first = ask()
    await clock.settle()
    expect(first.answer).toBe(false)
    const second = ask()
    await clock.settle()
    expect(second.answer).toBe(true)
    expect(tries.map(({ timeoutMs }) => timeoutMs)).toEqual([3000, 3000])
    expect(failures).toEqual(['try 1'])
  })

  test('concurrent checks share a run; the next one probes anew', async () => {
    const { clock, tries, ask } = world([aggressive], [false, true])
    const states = [ask(), ask()]
    await clock.advance(50)
    expect(states.map(({ answer }) => answer)).toEqual([true, true])
    expect(tries).toHaveLength(2)
    ask()
    await clock.settle()
    expect(tries).toHaveLength(3)
  })

  test('all containers must pass', async () => {
    const { clock, ask } = world([paced, paced], [true, false])
    const state = ask()
    await clock.settle()
    expect(state.answer).toBe(false)
  })

  test('all containers are probed at the same time', async () => {
    const { clock, tries, ask } = world([aggressive, paced, aggressive], [false, true, false, true])
    const state = ask()
    await clock.settle()
    expect(tries.map(({ timeoutMs }) => timeoutMs)).toEqual([100, 3000, 100])
    await clock.advance(50)
    expect(state.answer).toBe(true)
    expect(tries.map(({ atMs }) => atMs)).toEqual([0, 0, 0, 50, 50])
  })

  test('untilReady asks again until it is, or nobody wants to know', async () => {
    const { clock, prober, tries } = world([paced], [false, false, true])
    const ready = prober.untilReady(new AbortController().signal)
    await clock.advance(400)
    expect(await ready).toBe(true)
    expect(tries.map(({ atMs }) => atMs)).toEqual([0, 200, 400])
    const given = world([paced], [false])
    const controller = new AbortController()
    const never = given.prober.untilReady(controller.signal)
    await given.clock.advance(100)
    controller.abort()
    expect(await never).toBe(false)
    expect(given.clock.pendingTimers).toBe(0)
  })
})
