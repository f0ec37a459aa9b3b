import { describe, expect, test } from '@jest/globals'
import { activatorCount } from './activator-count.ts'
import { Decider } from './decider.ts'
import { panicWindow } from './decider-spec.ts'
import {
  desiredScale,
  initialExcessBurstCapacity,
  type Panic,
  type ScaleParameters,
} from './desired-scale.ts'
import { ScaleDownDelay } from './scale-down-delay.ts'

const defaults: ScaleParameters = {
  targetValue: 70,
  totalValue: 100,
  targetBurstCapacity: 211,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  panicThreshold: 2,
  stableWindowMs: 60_000,
  activationScale: undefined,
  reachable: true,
}

const t0 = Date.UTC(2026, 0, 1)

interface Case {
  readyPods: number
  stable: number
  panicking?: number
  panic?: Panic
  nowMs?: number
}

function decide(parameters: Partial<ScaleParameters>, row: Case) {
  const { pods, excessBurstCapacity, panic } = desiredScale({
    parameters: { ...defaults, ...parameters },
    readyPods: row.readyPods,
    stable: row.stable,
    panicking: row.panicking ?? row.stable,
    panic: row.panic,
    nowMs: row.nowMs ?? t0,
  })
  return { pods, ebc: excessBurstCapacity, panicking: panic !== undefined, panic }
}

describe('worked examples of the contract', () => {
  test('1: warm-up over a partial window', () => {
    expect(decide({}, { readyPods: 1, stable: 6.666667 })).toMatchObject({
      pods: 1,
      ebc: -118,
      panicking: false,
    })
    expect(activatorCount(1, 100, 211, 100)).toBe(4)
  })

  test('2: a burst brings panic', () => {
    expect(decide({}, { readyPods: 2, stable: 42, panicking: 420 })).toMatchObject({
      pods: 6,
      ebc: -431,
      panicking: true,
    })
    expect(activatorCount(2, 100, 211, 100)).toBe(5)
    expect(decide({}, { readyPods: 5, stable: 42, panicking: 420 })).toMatchObject({
      pods: 2,
      ebc: -131,
      panicking: false,
    })
    expect(activatorCount(5, 100, 211, 100)).toBe(8)
  })

  test.each([
    [89, 0],
    [89.000001, -1],
    [88.5, 0],
  ])('3: excess burst capacity at a panic average of %d is %d', (panicking, ebc) => {
    expect(decide({}, { readyPods: 3, stable: 89, panicking })).toMatchObject({ pods: 2, ebc })
    expect(activatorCount(3, 100, 211, 100)).toBe(6)
  })

  test('4: panic holds for a stable window and then ends', () => {
    const parameters = { targetValue: 7, totalValue: 10 }
    const start = decide(parameters, { readyPods: 3, stable: 21, panicking: 45 })
    expect(start).toMatchObject({ pods: 7, ebc: -226, panicking: true })
    expect(activatorCount(3, 10, 211, 100)).toBe(3)
    const later = (seconds: number, panic: Panic, readyPods = 7) =>
      decide(parameters, { readyPods, stable: 14, panic, nowMs: t0 + seconds * 1000 })
    const held = later(30, start.panic)
    expect(held).toMatchObject({ pods: 7, ebc: -155, panicking: true })
    const edge = later(60, held.panic)
    expect(edge).toMatchObject({ pods: 7, panicking: true })
    const over = later(62, edge.panic)
    expect(over).toMatchObject({ pods: 3, panicking: false })
    expect(later(64, over.panic, 3)).toMatchObject({ pods: 2, ebc: -195 })
  })

  test('5: rate limits and floating point', () => {
    expect(
      decide({ targetValue: 1, maxScaleUpRate: 1.1 }, { readyPods: 2, stable: 3, panicking: 3.1 }),
    ).toMatchObject({ pods: 3, panicking: true })
    const slow = { targetValue: 10, maxScaleDownRate: 1.1 }
    expect(decide(slow, { readyPods: 100, stable: 1 }).pods).toBe(90)
    expect(decide({ ...slow, reachable: false }, { readyPods: 100, stable: 1 }).pods).toBe(1)
    const up = { targetValue: 1, maxScaleUpRate: 1.1, panicThreshold: 1000 }
    expect(decide(up, { readyPods: 50, stable: 1000 }).pods).toBe(56)
    expect(decide(up, { readyPods: 10, stable: 1000 }).pods).toBe(11)
    expect(6 * 0.7).toBe(4.199999999999999)
  })

  test('6: requests per second', () => {
    expect(
      decide({ targetValue: 140, totalValue: 200 }, { readyPods: 4, stable: 700, panicking: 900 }),
    ).toMatchObject({ pods: 5, ebc: -311, panicking: false })
    expect(activatorCount(4, 200, 211, 100)).toBe(11)
  })

  test('10: scale-down delay', () => {
    const delay = new ScaleDownDelay(10_000)
    const raw = [5, 2, 2, 3, 2, 2, 2, 2, 2, 0]
    expect(raw.map((pods, i) => delay.hold(pods, (1000 + 2 * i) * 1000))).toEqual([
      5, 5, 5, 5, 5, 3, 3, 3, 2, 2,
    ])
  })

  test('10: the same slot keeps the larger scale', () => {
    const delay = new ScaleDownDelay(2000)
    expect([delay.hold(3, 1000_000), delay.hold(1, 1001_900), delay.hold(1, 1002_000)]).toEqual([3, 3, 1])
  })

  test('11: activation scale', () => {
    const parameters = { activationScale: 5, targetValue: 6 * 0.7, totalValue: 6 }
    expect(decide(parameters, { readyPods: 1, stable: 1 })).toMatchObject({ pods: 5, ebc: -206 })
    expect(decide(parameters, { readyPods: 1, stable: 0 }).pods).toBe(0)
    expect(decide(parameters, { readyPods: 1, stable: 40 })).toMatchObject({ pods: 10, panicking: true })
  })

  test('12: the burst capacity of the end-to-end test', () => {
    const parameters = { targetValue: 7, totalValue: 10, targetBurstCapacity: 7 }
    expect(decide(parameters, { readyPods: 1, stable: 7 })).toMatchObject({
      pods: 1,
      ebc: -4,
      panicking: false,
    })
    expect(activatorCount(1, 10, 7, 100)).toBe(2)
    expect(decide(parameters, { readyPods: 1, stable: 12 })).toMatchObject({
      pods: 2,
      ebc: -9,
      panicking: true,
    })
    expect(decide(parameters, { readyPods: 2, stable: 12 })).toMatchObject({ ebc: 1 })
  })

  test('13: no pods', () => {
    const parameters = { targetValue: 10, totalValue: 10 / 0.7, targetBurstCapacity: 81, maxScaleUpRate: 10 }
    expect(decide(parameters, { readyPods: 0, stable: 100, panicking: 888 })).toMatchObject({
      pods: 10,
      ebc: -969,
      panicking: true,
    })
  })

  test.each([
    [0, 100, 211, 100, 3],
    [1, 100, 211, 100, 4],
    [10, 100, 211, 100, 13],
    [5, 100, -1, 100, 5],
    [1, 100, -1, 100, 2],
    [100, 100, 0, 100, 2],
    [4, 10, 211, 100, 3],
    [30, 10, -1, 100, 3],
    [6, 100, 200, 250, 4],
  ])('14: R=%d V=%d TBC=%d capacity=%d take %d activators', (pods, total, burst, capacity, expected) => {
    expect(activatorCount(pods, total, burst, capacity)).toBe(expected)
  })

  test('15: excess burst capacity before any load', () => {
    expect(initialExcessBurstCapacity({ totalValue: 100, targetBurstCapacity: 211 }, 1)).toBe(-111)
    expect(initialExcessBurstCapacity({ totalValue: 42, targetBurstCapacity: 42.9 }, 1)).toBeCloseTo(0)
    expect(initialExcessBurstCapacity({ totalValue: 42, targetBurstCapacity: 42.9 }, 1) < 0).toBe(false)
    expect(initialExcessBurstCapacity({ totalValue: 42, targetBurstCapacity: -1 }, 1)).toBe(-1)
    expect(initialExcessBurstCapacity({ totalValue: 42, targetBurstCapacity: 0 }, 1)).toBe(0)
  })
})

test('burst capacity 0 and -1 are not computed from the load', () => {
  expect(decide({ targetBurstCapacity: 0 }, { readyPods: 1, stable: 1000 }).ebc).toBe(0)
  expect(decide({ targetBurstCapacity: -1 }, { readyPods: 1000, stable: 1 }).ebc).toBe(-1)
})

test('load during panic extends it, and the stable window may ask for more', () => {
  const start = decide({}, { readyPods: 1, stable: 140 })
  expect(start.pods).toBe(2)
  const again = decide(
    {},
    { readyPods: 1, stable: 700, panicking: 140, panic: start.panic, nowMs: t0 + 50_000 },
  )
  expect(again).toMatchObject({ pods: 10, panic: { sinceMs: t0 + 50_000 } })
})

test.each([
  [60, 10, 6],
  [45, 10, 5],
  [25, 10, 3],
  [15, 10, 2],
  [10, 10, 1],
  [6, 10, 1],
  [6, 1, 1],
])('the panic window of %d s at %d %% is %d s', (stable, percentage, panic) => {
  expect(panicWindow(stable * 1000, percentage)).toBe(panic * 1000)
})

describe('a new decider', () => {
  const spec = {
    metric: 'concurrency',
    parameters: defaults,
    panicWindowMs: 6000,
    initialScale: 1,
    scaleDownDelayMs: 0,
    labels: { service: 's', configuration: 'c', revision: 'r' },
  } as const

  test('with several ready pods starts in panic and keeps them for a stable window', () => {
    const decider = new Decider(spec, 5, t0)
    expect(decider.status.desired).toBe(-1)
    expect(decider.panicking).toBe(true)
    decider.evaluate(5, { stable: 1, panic: 1 }, t0 + 60_000)
    expect(decider.status.desired).toBe(5)
    decider.evaluate(5, { stable: 1, panic: 1 }, t0 + 60_001)
    expect(decider.status.desired).toBe(2)
  })

  test('with one ready pod is calm', () => {
    expect(new Decider(spec, 1, t0).panicking).toBe(false)
  })

  test('asks for action only when the scale or the sign of the capacity changes', () => {
    const decider = new Decider(spec, 1, t0)
    const at = (seconds: number, load: number, pods = 1) =>
      decider.evaluate(pods, { stable: load, panic: load }, t0 + seconds * 1000)
    expect(at(2, 10)).toBe(true)
    expect(at(4, 20)).toBe(false)
    expect(decider.status).toEqual({ desired: 1, excessBurstCapacity: -131 })
    expect(at(6, 89, 3)).toBe(true)
  })

  test('ignores its scale-down delay while unreachable', () => {
    const delayed = new Decider({ ...spec, scaleDownDelayMs: 60_000 }, 1, t0)
    delayed.evaluate(1, { stable: 70 * 4, panic: 70 }, t0)
    delayed.evaluate(4, { stable: 0, panic: 0 }, t0 + 2000)
    expect(delayed.status.desired).toBe(4)
    delayed.spec = { ...spec, scaleDownDelayMs: 60_000, parameters: { ...defaults, reachable: false } }
    delayed.evaluate(4, { stable: 0, panic: 0 }, t0 + 4000)
    expect(delayed.status.desired).toBe(0)
  })
})
