import { expect, test } from '@jest/globals'
import { stepsOf } from './cold-start.ts'

const marks = { scaled: 20, created: 35, listening: 700, proxied: 820, passed: 850, answered: 855 }

test('a step takes from the end of the one before it; both containers start at the same time', () => {
  const steps = { scaled: 20, created: 15, listening: 665, proxied: 785, passed: 30, answered: 5 }
  expect(stepsOf(marks)).toEqual(steps)
})

test('next to a point that is not known, nothing is', () => {
  const steps = { scaled: 20, created: 15, listening: 665, answered: 5 }
  expect(stepsOf({ ...marks, proxied: undefined })).toEqual(steps)
})
