import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { forwardedHeader } from './forwarded.ts'

describe('forwardedHeader', () => {
  test.each([
    ['nothing to say', [], undefined],
    ['a node', ['X-Forwarded-For', '10.0.0.1'], 'for=10.0.0.1'],
    ['nodes are trimmed', ['X-Forwarded-For', ' 10.0.0.1 ,10.0.0.2'], 'for=10.0.0.1, for=10.0.0.2'],
    [
      'several lines are one list',
      ['X-Forwarded-For', 'a', 'x-forwarded-for', 'b, c'],
      'for=a, for=b, for=c',
    ],
    ['IPv6 is quoted', ['X-Forwarded-For', '2001:db8::1'], 'for="[2001:db8::1]"'],
    ['empty nodes stay', ['X-Forwarded-For', ',,,'], 'for=, for=, for='],
    [
      'an empty first node leaves host and proto',
      ['X-Forwarded-For', ',b', 'X-Forwarded-Host', 'h'],
      'host=h, for=b',
    ],
    [
      'only the first node has host and proto',
      ['X-Forwarded-For', '1.1.1.1, 2.2.2.2', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'h'],
      'for=1.1.1.1;host=h;proto=https, for=2.2.2.2',
    ],
    ['no node', ['X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'h'], 'host=h;proto=http'],
    ['only proto', ['X-Forwarded-Proto', 'http'], 'proto=http'],
    ['X-Forwarded-By is ignored', ['X-Forwarded-By', 'me'], undefined],
    ['one the client sent stays', ['Forwarded', 'for=x', 'X-Forwarded-For', 'y'], undefined],
    ['an empty one does not', ['Forwarded', '', 'X-Forwarded-For', 'y'], 'for=y'],
  ])('%s', (_name, headers, expected) => {
    expect(forwardedHeader(headers)).toBe(expected)
  })

  test('has one element per node, in order', () => {
    const node = fc.ipV4()
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 10 }), (nodes) => {
        const value = forwardedHeader(['X-Forwarded-For', nodes.join(','), 'X-Forwarded-Proto', 'http'])!
        expect(value.split(', ').map((element) => element.split(';')[0])).toEqual(
          nodes.map((n) => `for=${n}`),
        )
      }),
    )
  })
})
