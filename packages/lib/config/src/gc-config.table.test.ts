import { describe, expect, test } from '@jest/globals'
import { parseGCConfig } from './gc-config.ts'

const hourMs = 3_600_000

describe('config-gc', () => {
  test.each([
    [
      {},
      {
        retainSinceCreateTimeMs: 48 * hourMs,
        retainSinceLastActiveTimeMs: 15 * hourMs,
        minNonActiveRevisions: 20,
        maxNonActiveRevisions: 1000,
      },
    ],
    [{ 'retain-since-create-time': 'Disabled' }, { retainSinceCreateTimeMs: undefined }],
    [{ 'retain-since-create-time': '' }, { retainSinceCreateTimeMs: 48 * hourMs }],
    [{ 'max-non-active-revisions': 'disabled' }, { maxNonActiveRevisions: undefined }],
  ])('%j', (data: Record<string, string>, expected) => expect(parseGCConfig(data)).toMatchObject(expected))
  test.each([
    [
      { 'retain-since-create-time': '-1s' },
      'failed to parse data: failed to parse "retain-since-create-time": must be non-negative',
    ],
    [{ 'min-non-active-revisions': '-1' }, 'min-non-active-revisions must be non-negative, was: -1'],
    [
      { 'max-non-active-revisions': '5' },
      'min-non-active-revisions(20) must be <= max-non-active-revisions(5)',
    ],
  ])('refuses %j', (data: Record<string, string>, message) =>
    expect(() => parseGCConfig(data)).toThrow(message),
  )
})
