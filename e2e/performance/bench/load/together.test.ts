import { expect, test } from '@jest/globals'
import type { LoadResult } from './task.ts'
import { together } from './together.ts'

const part: LoadResult = {
  requests: 10,
  failed: 0,
  seconds: 1,
  p50Us: 100,
  p99Us: 300,
  cpuUs: 500,
  childCpuUs: [200, 300],
  loadCpuUs: 700,
}

test('turns are added up, and their quantiles are those of the turn in the middle', () => {
  const others = [
    { ...part, p50Us: 90, p99Us: 9_000, childCpuUs: [1, 2] },
    { ...part, p50Us: 200, failed: 1 },
  ]
  expect(together([part, ...others])).toEqual({
    requests: 30,
    failed: 1,
    seconds: 3,
    p50Us: 100,
    p99Us: 300,
    cpuUs: 1_500,
    childCpuUs: [401, 602],
    loadCpuUs: 2_100,
  })
})

test('one turn is as it was', () => {
  expect(together([part])).toEqual(part)
})
