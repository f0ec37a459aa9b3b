import { describe, expect, test } from '@jest/globals'
import { type Condition, conditionOf, type StatusBase } from './condition.ts'
import { ConditionSet, stampConditions } from './condition-set.ts'

const set = new ConditionSet('Ready', ['A', 'B'])
const says = (status: StatusBase, type: string) => {
  const condition = conditionOf(status, type)
  return condition && [condition.status, condition.reason ?? '', condition.message ?? ''].join('|')
}
const fresh = (): StatusBase => {
  const status: StatusBase = {}
  set.initialize(status)
  return status
}

describe('initialize', () => {
  test('everything missing becomes Unknown, sorted by type', () => {
    expect(fresh().conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'A=Unknown',
      'B=Unknown',
      'Ready=Unknown',
    ])
  })

  test('a dependent added to a happy object starts True', () => {
    const status: StatusBase = { conditions: [{ type: 'Ready', status: 'True' }] }
    set.initialize(status)
    expect(says(status, 'A')).toBe('True||')
    expect(says(status, 'Ready')).toBe('True||')
  })
})

describe('rolling up', () => {
  test('happy when all dependents are', () => {
    const status = fresh()
    set.markTrue(status, 'A')
    expect(says(status, 'Ready')).toBe('Unknown||')
    set.markTrue(status, 'B')
    expect(says(status, 'Ready')).toBe('True||')
  })

  test('False at once, with its reason', () => {
    const status = fresh()
    set.markFalse(status, 'A', 'Broken', 'it broke')
    expect(says(status, 'Ready')).toBe('False|Broken|it broke')
  })

  test('Unknown does not hide a False', () => {
    const status = fresh()
    set.markFalse(status, 'A', 'Broken', 'it broke')
    set.markUnknown(status, 'B', 'Waiting', 'not yet')
    expect(says(status, 'Ready')).toBe('False|Broken|it broke')
  })

  test('Unknown makes a not yet False happy condition False while a dependent is False', () => {
    const status: StatusBase = {
      conditions: [
        { type: 'A', status: 'False', reason: 'Broken' },
        { type: 'B', status: 'True' },
        { type: 'Ready', status: 'Unknown' },
      ],
    }
    set.markUnknown(status, 'B', 'Waiting', 'not yet')
    expect(says(status, 'Ready')).toBe('False|Waiting|not yet')
  })

  test('of several blocking conditions the one written last speaks', () => {
    const status = fresh()
    set.markFalse(status, 'B', 'First', '1')
    set.markFalse(status, 'A', 'Second', '2')
    const third = new ConditionSet('Ready', ['A', 'B', 'C'])
    third.markTrue(status, 'C')
    expect(says(status, 'Ready')).toBe('False|Second|2')
  })

  test('one written in this pass outranks a stored one, whatever its time', () => {
    const status: StatusBase = {
      conditions: [
        { type: 'A', status: 'Unknown', reason: 'Old', lastTransitionTime: '2099-01-01T00:00:00Z' },
        { type: 'B', status: 'True' },
        { type: 'C', status: 'True' },
        { type: 'Ready', status: 'Unknown' },
      ],
    }
    const three = new ConditionSet('Ready', ['A', 'B', 'C'])
    three.markUnknown(status, 'B', 'New')
    three.markTrue(status, 'C', 'changed')
    expect(says(status, 'Ready')).toBe('Unknown|New|')
  })

  test('an informational condition changes only itself', () => {
    const status = fresh()
    set.markTrue(status, 'A')
    set.markTrue(status, 'B')
    set.markFalse(status, 'Active', 'NoTraffic', 'idle')
    expect(says(status, 'Ready')).toBe('True||')
    expect(conditionOf(status, 'Active')?.severity).toBe('Info')
  })
})

describe('stampConditions', () => {
  const before: Condition[] = [
    { type: 'A', status: 'True', lastTransitionTime: 't0' },
    { type: 'Ready', status: 'True', lastTransitionTime: 't0' },
  ]

  test('keeps the time of what did not change, even if it changed back', () => {
    const status: StatusBase = { conditions: structuredClone(before) }
    const one = new ConditionSet('Ready', ['A'])
    one.markFalse(status, 'A', 'Blip')
    one.markTrue(status, 'A')
    stampConditions({ conditions: before }, status, 't1')
    expect(status.conditions).toEqual(before)
  })

  test('a changed reason alone gets a new time', () => {
    const status: StatusBase = { conditions: structuredClone(before) }
    new ConditionSet('Ready', ['A']).markTrue(status, 'A', 'Because')
    stampConditions({ conditions: before }, status, 't1')
    expect(conditionOf(status, 'A')?.lastTransitionTime).toBe('t1')
    expect(conditionOf(status, 'Ready')?.lastTransitionTime).toBe('t0')
  })
})

test('ready and failed count for the current generation only', () => {
  const status: StatusBase = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] }
  expect(set.isReady({ metadata: { generation: 1 }, status })).toBe(true)
  expect(set.isReady({ metadata: { generation: 2 }, status })).toBe(false)
  expect(set.isFailed({ metadata: { generation: 1 }, status })).toBe(false)
})
