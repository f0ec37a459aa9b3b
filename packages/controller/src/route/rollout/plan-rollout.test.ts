import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { withExistingRevisions } from './existing-revisions.ts'
import { planRollout, type RolloutCircumstances } from './plan-rollout.ts'
import { type ConfigurationRollout, type Rollout, rolloutInProgress, type StepParameters } from './rollout.ts'
import { formatRollout, parseRollout } from './rollout-annotation.ts'

const second = 1e9
const nowNs = 1_780_000_000 * second

function entry(
  shares: Record<string, number>,
  steps: StepParameters = {},
  at: { tag?: string; configurationName?: string } = {},
): ConfigurationRollout {
  const revisions = Object.entries(shares).map(([revisionName, percent]) => ({ revisionName, percent }))
  const percent = revisions.reduce((sum, share) => sum + share.percent, 0)
  return { configurationName: 'c', tag: '', ...at, percent, revisions, steps }
}

function plan(goal: Rollout, previous: Rollout | undefined, given: Partial<RolloutCircumstances> = {}) {
  return planRollout(goal, previous, { durationSeconds: 60, nowNs, ingressBecameReady: false, ...given })
}

describe('planRollout', () => {
  test.each<[string, Rollout | undefined, Partial<RolloutCircumstances>]>([
    ['no duration is set', [entry({ a: 100 })], { durationSeconds: 0 }],
    ['there is no previous state', undefined, {}],
    ['the tag is new', [entry({ a: 100 }, {}, { tag: 'other' })], {}],
    ['the Configuration is new', [entry({ a: 100 }, {}, { configurationName: 'other' })], {}],
  ])('moves everything at once when %s', (_, previous, given) => {
    expect(plan([entry({ b: 100 })], previous, given)).toEqual({
      rollout: [entry({ b: 100 })],
      nextStepTimeNs: undefined,
    })
  })

  test('moves a share of one percent at once', () => {
    expect(plan([entry({ b: 1 })], [entry({ a: 1 })]).rollout).toEqual([entry({ b: 1 })])
  })

  test('stays when the newest has everything', () => {
    expect(plan([entry({ a: 100 })], [entry({ a: 100 })]).rollout).toEqual([entry({ a: 100 })])
  })

  test('starts with one percent', () => {
    expect(plan([entry({ b: 100 })], [entry({ a: 100 })])).toEqual({
      rollout: [entry({ a: 99, b: 1 }, { startTimeNs: nowNs })],
      nextStepTimeNs: undefined,
    })
  })

  test('starts anew when a newer revision comes meanwhile', () => {
    const running = entry(
      { a: 60, b: 40 },
      { startTimeNs: 5, stepSize: 7, stepDurationNs: 8, nextStepTimeNs: 9 },
    )
    expect(plan([entry({ c: 100 })], [running]).rollout).toEqual([
      entry({ a: 60, b: 39, c: 1 }, { startTimeNs: nowNs }),
    ])
    expect(plan([entry({ c: 100 })], [entry({ a: 99, b: 1 })]).rollout).toEqual([
      entry({ a: 99, c: 1 }, { startTimeNs: nowNs }),
    ])
  })

  test('goes back to a revision that it was leaving without listing it twice', () => {
    expect(plan([entry({ a: 100 })], [entry({ a: 60, b: 40 })]).rollout).toEqual([
      entry({ b: 39, a: 61 }, { startTimeNs: nowNs }),
    ])
    expect(plan([entry({ a: 100 })], [entry({ a: 99, b: 1 })]).rollout).toEqual([entry({ a: 100 })])
  })

  test('gives the newest what the Configuration gains', () => {
    expect(plan([entry({ b: 80 })], [entry({ a: 30, b: 10 })]).rollout).toEqual([entry({ a: 30, b: 50 })])
    expect(plan([entry({ b: 80 })], [entry({ a: 40 })]).rollout).toEqual([
      entry({ a: 79, b: 1 }, { startTimeNs: nowNs }),
    ])
  })

  test('takes what the Configuration loses from the oldest first', () => {
    const running = entry({ a: 30, b: 20, c: 50 }, { stepSize: 70, nextStepTimeNs: nowNs + second })
    expect(plan([entry({ c: 60 })], [running]).rollout).toEqual([
      entry({ b: 10, c: 50 }, { stepSize: 60, nextStepTimeNs: nowNs + second }),
    ])
    expect(plan([entry({ c: 40 })], [running]).rollout).toEqual([entry({ c: 40 })])
    // The newest is no longer where it was once older ones were dropped.
    expect(plan([entry({ d: 60 })], [entry({ a: 30, b: 20, c: 50 })]).rollout).toEqual([
      entry({ b: 10, c: 49, d: 1 }, { startTimeNs: nowNs }),
    ])
  })

  test.each<[string, number, number, StepParameters]>([
    // [what, duration, seconds that the first percent took, pace]
    ['fast gateway', 61, 0.2, { stepSize: 2, stepDurationNs: 1 * second }],
    ['slow gateway', 60, 9.5, { stepSize: 20, stepDurationNs: 10 * second }],
    ['gateway slower than the duration', 5, 30, { stepSize: 99, stepDurationNs: 1 * second }],
    ['long duration', 1000, 1, { stepSize: 1, stepDurationNs: Math.floor((999 / 99) * second) }],
  ])('chooses its pace once the first percent is served: %s', (_, durationSeconds, tookSeconds, pace) => {
    const startTimeNs = nowNs - tookSeconds * second
    const started = entry({ a: 99, b: 1 }, { startTimeNs })
    const { rollout, nextStepTimeNs } = plan([entry({ b: 100 })], [started], {
      durationSeconds,
      ingressBecameReady: true,
    })
    expect(rollout).toEqual([
      entry({ a: 99, b: 1 }, { startTimeNs, ...pace, nextStepTimeNs: nowNs + pace.stepDurationNs! }),
    ])
    expect(nextStepTimeNs).toBe(nowNs + pace.stepDurationNs!)
  })

  test('keeps its pace once chosen, and none before', () => {
    const paced = entry(
      { a: 50, b: 50 },
      { startTimeNs: 1, stepSize: 5, stepDurationNs: 2, nextStepTimeNs: nowNs + second },
    )
    expect(plan([entry({ b: 100 })], [paced], { ingressBecameReady: true })).toEqual({
      rollout: [paced],
      nextStepTimeNs: nowNs + second,
    })
    const waiting = entry({ a: 99, b: 1 }, { startTimeNs: 1 })
    expect(plan([entry({ b: 100 })], [waiting])).toEqual({ rollout: [waiting], nextStepTimeNs: undefined })
  })

  test('steps when it is time, draining newer ones first', () => {
    const steps = { startTimeNs: 1, stepSize: 25, stepDurationNs: 10 * second, nextStepTimeNs: nowNs }
    const next = nowNs + 10 * second
    expect(plan([entry({ c: 100 })], [entry({ a: 60, b: 15, c: 25 }, steps)])).toEqual({
      rollout: [entry({ a: 50, c: 50 }, { ...steps, nextStepTimeNs: next })],
      nextStepTimeNs: next,
    })
  })

  test('ends with everything on the newest', () => {
    const steps = { startTimeNs: 1, stepSize: 40, stepDurationNs: 10, nextStepTimeNs: nowNs - 1 }
    expect(plan([entry({ b: 100 })], [entry({ a: 30, b: 70 }, steps)])).toEqual({
      rollout: [entry({ b: 100 })],
      nextStepTimeNs: undefined,
    })
  })

  test('is due when the first of several is', () => {
    const steps = (nextStepTimeNs: number) => ({
      startTimeNs: 1,
      stepSize: 1,
      stepDurationNs: 1,
      nextStepTimeNs,
    })
    const goal = [entry({ b: 50 }), entry({ y: 50 }, {}, { configurationName: 'd' })]
    const previous = [
      entry({ a: 20, b: 30 }, steps(nowNs + 7 * second)),
      entry({ x: 20, y: 30 }, steps(nowNs + 5 * second), { configurationName: 'd' }),
    ]
    expect(plan(goal, previous).nextStepTimeNs).toBe(nowNs + 5 * second)
  })

  test('never loses or invents traffic, and ends', () => {
    const shares = fc
      .array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 4 })
      .filter((parts) => parts.some((part) => part > 0))
    fc.assert(
      fc.property(
        shares,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 3600 }),
        fc.boolean(),
        (parts, percent, durationSeconds, isNew) => {
          const names = parts.map((_, i) => `r${i}`)
          const newest = isNew ? 'new' : names.at(-1)!
          let current: Rollout = [entry(Object.fromEntries(names.map((name, i) => [name, parts[i]!])))]
          const goal = [entry({ [newest]: percent })]
          let timeNs = nowNs
          for (let i = 0; i < 300; i++) {
            const next = plan(goal, parseRollout(formatRollout(current)), {
              durationSeconds,
              nowNs: timeNs,
              ingressBecameReady: true,
            })
            current = next.rollout
            const [only] = current
            expect(only?.revisions.reduce((sum, share) => sum + share.percent, 0)).toBe(percent)
            expect(new Set(only?.revisions.map((share) => share.revisionName)).size).toBe(
              only?.revisions.length,
            )
            if (!rolloutInProgress(current) || !isNew) return
            timeNs = (next.nextStepTimeNs ?? timeNs + second) + 1000
          }
          throw new Error('the rollout did not end')
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('withExistingRevisions', () => {
  test('gives what is gone to the newest that is left', () => {
    const rollout = [entry({ a: 30, b: 20, c: 50 }, { startTimeNs: 1 })]
    expect(withExistingRevisions(rollout, () => true)).toBe(rollout)
    expect(withExistingRevisions(rollout, (name) => name !== 'b')).toEqual([
      entry({ a: 30, c: 70 }, { startTimeNs: 1 }),
    ])
    expect(withExistingRevisions(rollout, (name) => name === 'b')).toEqual([entry({ b: 100 })])
    expect(withExistingRevisions(rollout, () => false)).toEqual([])
  })
})

describe('the rollout annotation', () => {
  test('reads as upstream writes it', () => {
    const text =
      '{"configurations":[{"configurationName":"c","percent":100,"revisions":[{"revisionName":"a","percent":99},{"revisionName":"b","percent":1}],"stepParams":{"starttime":1780000000000000000,"nextStepTime":1780000001000000000,"stepDuration":1000000000,"stepSize":5}},{"configurationName":"c","tag":"t","percent":100,"revisions":[{"revisionName":"b","percent":100}],"stepParams":{}}]}'
    const rollout = parseRollout(text)!
    expect(rollout).toEqual([
      entry(
        { a: 99, b: 1 },
        {
          startTimeNs: nowNs,
          nextStepTimeNs: nowNs + second,
          stepDurationNs: second,
          stepSize: 5,
        },
      ),
      entry({ b: 100 }, {}, { tag: 't' }),
    ])
    expect(formatRollout(rollout)).toBe(text)
  })

  test.each([
    ['nothing', undefined],
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no list', '{"configurations":{}}'],
    ['no name', '{"configurations":[{"percent":0}]}'],
    ['more than everything', '{"configurations":[{"configurationName":"c","percent":101}]}'],
    ['a negative share', '{"configurations":[{"configurationName":"c","percent":-1}]}'],
    [
      'a step larger than the share',
      '{"configurations":[{"configurationName":"c","percent":5,"revisions":[{"revisionName":"a","percent":5}],"stepParams":{"stepSize":6}}]}',
    ],
    [
      'a negative step',
      '{"configurations":[{"configurationName":"c","percent":5,"revisions":[{"revisionName":"a","percent":5}],"stepParams":{"stepSize":-1}}]}',
    ],
    [
      'shares that do not add up',
      '{"configurations":[{"configurationName":"c","percent":5,"revisions":[{"revisionName":"a","percent":4}]}]}',
    ],
    [
      'a share of no revision',
      '{"configurations":[{"configurationName":"c","percent":5,"revisions":[{"percent":5}]}]}',
    ],
  ])('is no previous state when it says %s', (_, text) => {
    expect(parseRollout(text)).toBeUndefined()
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseRollout(text)))
  })
})
