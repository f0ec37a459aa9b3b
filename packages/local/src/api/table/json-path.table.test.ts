import { expect, test } from '@jest/globals'
import { compileJsonPath } from './json-path.ts'

const document = {
  spec: {
    list: [
      { n: 1, name: 'a' },
      { n: 2, name: 'b' },
    ],
    'a.b': { c: true },
  },
  metadata: { labels: { 'example.com/x': 'y' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: "It's", status: 'Unknown' },
    ],
  },
}

test.each([
  ['.spec.list[0].name', ['a']],
  ['{.spec.list[-1].name}', ['b']],
  ['.spec.list[*].n', [1, 2]],
  ['.spec.list[0:1].n', [1]],
  ["$.spec['a.b'].c", [true]],
  ['.metadata.labels.example\\.com/x', ['y']],
  [".metadata.labels['example\\.com/x']", ['y']],
  [".status.conditions[?(@.type=='Ready')].status", ['True']],
  ['.status.conditions[?(@.type=="It\'s")].status', ['Unknown']],
  ['.spec.list[?(@.n>1)].name', ['b']],
  ['.spec.list[?(@.n<=1)].name', ['a']],
  ['.spec.list[?(@.name!="a")].n', [2]],
  ['.spec.list[?(@.none)].n', []],
  ['..status', [document.status, 'True', 'Unknown']],
  ['.spec.missing.x', []],
  ['spec.list[1].n', [2]],
  ['.', [document]],
])('%s', (path, expected) => {
  expect(compileJsonPath(path)(document)).toEqual(expected)
})

test.each(['.a[', '.a[x]', '.a[?(@.b==c)]', '.a]b', '.a..'])('%s is refused', (path) => {
  expect(() => compileJsonPath(path)).toThrow(SyntaxError)
})
