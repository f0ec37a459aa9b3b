import { expect, test } from '@jest/globals'
import { semanticEqual } from './semantic-equal.ts'

test.each([
  [undefined, null],
  [undefined, []],
  [{ a: [] }, {}],
  [{ a: { b: undefined } }, { a: {} }],
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [{ requests: { cpu: '1000m' } }, { requests: { cpu: 1 } }],
  [{ emptyDir: { sizeLimit: '1Gi' } }, { emptyDir: { sizeLimit: '1024Mi' } }],
])('%j means %j', (a, b) => expect([semanticEqual(a, b), semanticEqual(b, a)]).toEqual([true, true]))

test.each([
  [0, undefined],
  [false, undefined],
  ['', undefined],
  [{}, undefined],
  [{ emptyDir: {} }, {}],
  [1, '1'],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, undefined]],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ env: '1000m' }, { env: '1' }],
  [[], { a: 1 }],
])('%j does not mean %j', (a, b) =>
  expect([semanticEqual(a, b), semanticEqual(b, a)]).toEqual([false, false]),
)
