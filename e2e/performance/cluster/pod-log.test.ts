import { expect, test } from '@jest/globals'
import { firstLineMs } from './pod-log.ts'

const log = [
  '2026-11-23T12:00:00.123456789Z {"message":"starting"}',
  '2026-11-23T12:00:00.250000000Z {"message":"Queue-proxy is listening."}',
  '2026-11-23T12:00:01Z {"message":"Queue-proxy is listening."}',
].join('\n')

test('the first line with a text has its time', () => {
  const atMs = Date.parse('2026-11-23T12:00:00Z')
  expect(firstLineMs(log, 'is listening')).toBe(atMs + 250)
  expect(firstLineMs(log, 'starting')).toBeCloseTo(atMs + 123.456789, 3)
})

test('a text that is not there has none', () => {
  expect(firstLineMs(log, 'draining')).toBeUndefined()
  expect(firstLineMs('', 'draining')).toBeUndefined()
})
