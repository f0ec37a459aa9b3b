import { expect, test } from '@jest/globals'
import { listenAddressFrom } from './listen-address.ts'

const four = { family: 'IPv4' } as const
const six = { family: 'IPv6' } as const

test.each([
  ['IPv4 alone', {}, { lo: [four], eth0: [four] }, '0.0.0.0'],
  ['IPv6 beside it', {}, { lo: [four, six], eth0: [four] }, '::'],
  ['IPv6 alone', {}, { lo: [six], eth0: [six] }, '::'],
  ['no address', {}, { eth0: undefined }, '0.0.0.0'],
  ['an empty variable', { LISTEN_ADDRESS: '' }, { lo: [six] }, '::'],
  ['an address of its own', { LISTEN_ADDRESS: '127.1.2.3' }, { lo: [four, six] }, '127.1.2.3'],
])('with %s', (_, env, interfaces, address) => {
  expect(listenAddressFrom(env, () => interfaces)).toBe(address)
})
