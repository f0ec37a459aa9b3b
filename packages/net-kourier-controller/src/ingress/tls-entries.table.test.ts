import { describe, expect, test } from '@jest/globals'
import type { IngressSpec } from '@knative-ts/apis'
import { tlsEntriesFor } from './tls-entries.ts'

const one = { hosts: ['a', 'b'], secretName: 'one' }
const two = { hosts: ['a'], secretName: 'two' }

const rows: [string, IngressSpec, string[]][] = [
  ['every entry that covers all hosts', { tls: [one, two], rules: [{ hosts: ['a'] }] }, ['one', 'two']],
  ['not one that covers some', { tls: [one, two], rules: [{ hosts: ['a', 'b'] }] }, ['one']],
  [
    'again for each rule',
    { tls: [one, two], rules: [{ hosts: ['b'] }, { hosts: ['a'] }] },
    ['one', 'one', 'two'],
  ],
  ['only rules of the visibility', { tls: [one], rules: [{ hosts: ['a'], visibility: 'ClusterLocal' }] }, []],
  [
    'a rule without hosts ends the search',
    { tls: [one], rules: [{ hosts: ['a'] }, {}, { hosts: ['b'] }] },
    ['one'],
  ],
  ['nothing without entries', { rules: [{ hosts: ['a'] }] }, []],
]

describe('TLS entries of external rules', () => {
  test.each(rows)('%s', (_, spec, names) => {
    expect(tlsEntriesFor(spec, 'ExternalIP').map(({ secretName }) => secretName)).toEqual(names)
  })
})
