import { expect, test } from '@jest/globals'
import { dialErrorText, transferErrorText } from './go-error-text.ts'

const failure = (code: string | undefined, address?: string) =>
  Object.assign(new Error('what Node says'), { code, address })

test.each([
  ['ECONNREFUSED', 'dial tcp pod:8012: connect: connection refused'],
  ['ECONNRESET', 'dial tcp pod:8012: connect: connection reset by peer'],
  ['EHOSTUNREACH', 'dial tcp pod:8012: connect: no route to host'],
  ['ENETUNREACH', 'dial tcp pod:8012: connect: network is unreachable'],
  ['EADDRNOTAVAIL', 'dial tcp pod:8012: connect: cannot assign requested address'],
  ['ETIMEDOUT', 'dial tcp pod:8012: connect: connection timed out'],
  ['EMFILE', 'dial tcp pod:8012: connect: too many open files'],
  ['EACCES', 'dial tcp pod:8012: connect: permission denied'],
  ['ENOTFOUND', 'dial tcp: lookup pod: no such host'],
  ['EAI_AGAIN', 'dial tcp: lookup pod: server misbehaving'],
  ['EOTHER', 'what Node says'],
  [undefined, 'what Node says'],
])('a dial that fails with %s', (code, text) => {
  expect(dialErrorText(failure(code), 'pod', 8012)).toBe(text)
})

test.each([
  ['10.0.0.1', '10.0.0.1:8012'],
  ['fd00::1', '[fd00::1]:8012'],
])('a failed dial names the address that the host had: %s', (address, named) => {
  const text = dialErrorText(failure('ECONNREFUSED', address), 'pod', 8012)
  expect(text).toBe(`dial tcp ${named}: connect: connection refused`)
})

test.each([
  ['ECONNRESET', 'read tcp a:1->b:2: read: connection reset by peer'],
  ['ETIMEDOUT', 'read tcp a:1->b:2: read: connection timed out'],
  ['EPIPE', 'write tcp a:1->b:2: write: broken pipe'],
  ['EOTHER', 'what Node says'],
  [undefined, 'what Node says'],
])('a connection that breaks with %s', (code, text) => {
  expect(transferErrorText(failure(code), 'a:1', 'b:2')).toBe(text)
})
