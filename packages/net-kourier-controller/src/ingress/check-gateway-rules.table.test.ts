import { describe, expect, test } from '@jest/globals'
import type { IngressPath } from '@knative-ts/apis'
import { rule, split } from '../testing/objects.ts'
import { checkGatewayRules } from './check-gateway-rules.ts'

const rows: [string, Partial<IngressPath>, string][] = [
  ['no splits', { splits: [] }, 'spec.rules[0].http.paths[0].splits: percentages'],
  ['only zeros', { splits: [split('a', 0), split('b', 0)] }, 'splits: percentages'],
  ['less than nothing', { splits: [split('a', -1), split('b', 101)] }, 'splits: percentages'],
  ['a header name with a space', { appendHeaders: { 'a b': 'x' } }, '"a b" is no header name'],
  ['a pseudo-header', { appendHeaders: { ':path': '/' } }, '":path" is no header name'],
  ['Host', { appendHeaders: { Host: 'x' } }, 'use rewriteHost'],
  ['a line break', { appendHeaders: { 'x-a': 'a\nb' } }, 'the value of x-a holds a character'],
  [
    'in a split',
    { splits: [split('a', 100, { appendHeaders: { 'x-a': '\0' } })] },
    'splits[0].appendHeaders: the value',
  ],
  ['in a match', { headers: { 'x\n': { exact: 'a' } } }, 'headers: "x\n" is no header name'],
  ['in the host', { rewriteHost: 'a\r\nb' }, 'rewriteHost: holds a character'],
]

describe('what gateways would refuse is refused first', () => {
  test.each(rows)('%s', (_, change, message) => {
    const path = { splits: [split('a')], ...change }
    expect(() => checkGatewayRules({ rules: [rule('h', [path])] })).toThrow(message)
  })

  test('a wildcard inside a server name', () => {
    expect(() => checkGatewayRules({ tls: [{ hosts: ['*.ok', 'not*ok'] }] })).toThrow(
      'spec.tls[0].hosts: "not*ok"',
    )
  })

  test('tabs and all other text are fine', () => {
    checkGatewayRules({ rules: [rule('h', [{ splits: [split('a')], appendHeaders: { 'x-a': 'a\tb é' } }])] })
  })
})
