import { expect, test } from '@jest/globals'
import { Stat, WireStatMessages } from './index.ts'

const none = {
  podName: '',
  averageConcurrentRequests: 0,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
}

const batchHex =
  '0a370a0764656661756c74120b68656c6c6f2d30303030311a1f0a0b616374697661746f722d3111000000000000f03f21000000000000f03f'
const batch = {
  messages: [
    {
      namespace: 'default',
      name: 'hello-00001',
      stat: { ...none, podName: 'activator-1', averageConcurrentRequests: 1, requestCount: 1 },
    },
  ],
}

const statHex =
  '0a0768656c6c6f2d3111000000000000044019000000000000f03f210000000000001440290000000000000040310000000000804e40'
const stat = {
  podName: 'hello-1',
  averageConcurrentRequests: 2.5,
  averageProxiedConcurrentRequests: 1,
  requestCount: 5,
  proxiedRequestCount: 2,
  processUptime: 61,
  timestamp: 0,
}

test('an activator batch has the bytes that upstream sends', () => {
  expect(Buffer.from(WireStatMessages.encode(batch).finish()).toString('hex')).toBe(batchHex)
  expect(WireStatMessages.decode(Buffer.from(batchHex, 'hex'))).toEqual(batch)
})

test('a queue-proxy stat has the bytes that upstream sends', () => {
  expect(Buffer.from(Stat.encode(stat).finish()).toString('hex')).toBe(statHex)
  expect(Stat.decode(Buffer.from(statHex, 'hex'))).toEqual(stat)
})
