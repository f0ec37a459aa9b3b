import { describe, expect, test } from '@jest/globals'
import {
  cIdentifierName,
  dns1035Label,
  dns1035LabelPrefix,
  dns1123Label,
  dns1123Subdomain,
  domainNameFault,
  qualifiedName,
} from './names.ts'

const long = (length: number) => 'a'.repeat(length)

describe.each([
  [
    'DNS-1035 label',
    dns1035Label,
    ['a', 'my-name', 'abc-123', long(63)],
    ['', 'A', '1a', 'a-', 'a.b', 'a_b'],
  ],
  ['DNS-1035 label prefix', dns1035LabelPrefix, ['a', 'my-name-'], ['', '-', '1b-', 'ab_c-']],
  ['DNS-1123 label', dns1123Label, ['1a', 'a-1'], ['-a', 'a.b', 'A']],
  ['DNS-1123 subdomain', dns1123Subdomain, ['a.b', '1.2'], ['a..b', '.a', 'foo@bar.baz']],
  ['C identifier', cIdentifierName, ['a', '_A1'], ['', '1a', 'a-b']],
  [
    'qualified name',
    qualifiedName,
    ['a', 'My.Name_1', 'example.com/a'],
    ['', '/a', 'a/', 'a/b/c', 'a b', '-a'],
  ],
])('%s', (_, rule, good, bad) => {
  test.each(good)('%s is one', (text) => expect(rule(text)).toEqual([]))
  test.each(bad)('%j is none', (text) => expect(rule(text).length).toBeGreaterThan(0))
})

test('the messages say length first, then form', () => {
  expect(dns1035Label(`${long(63)}_`)).toEqual([
    'must be no more than 63 characters',
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  ])
  expect(dns1123Subdomain('foo@bar.baz')).toEqual([
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ])
})

describe('domain names', () => {
  test.each(['example.com', 'a.b.c', 'example.com.'])('%s is one', (name) => {
    expect(domainNameFault(name)).toBeUndefined()
  })
  test.each([
    ['', 'name: Required value'],
    [
      'localhost',
      'name: Invalid value: "localhost": should be a domain with at least two segments separated by dots',
    ],
    [`${long(64)}.com`, `name: Invalid value: "${long(64)}": must be no more than 63 characters`],
  ])('%j is none', (name, fault) => expect(domainNameFault(name)).toBe(fault))
})
