import { describe, expect, test } from '@jest/globals'
import { parseOptions } from './options.ts'

describe('parseOptions', () => {
  test('defaults', () => {
    expect(parseOptions([])).toEqual({
      gateway: undefined,
      imageRepo: 'dev.local',
      imageTag: undefined,
      grep: undefined,
      parallel: 4,
      junit: undefined,
      paths: [],
      help: false,
    })
  })

  test('a gateway without its last slash, and paths', () => {
    const options = parseOptions(['--gateway', 'http://10.0.0.1:31080/', 'data-path', 'ha'])
    expect(options).toMatchObject({ gateway: 'http://10.0.0.1:31080', paths: ['data-path', 'ha'] })
  })

  test.each([
    [['--parallel', '0'], '--parallel 0: it must be a positive number'],
    [['--gateway', '10.0.0.1'], '--gateway 10.0.0.1: it must be a URL like'],
    [['--gatway', 'x'], "Unknown option '--gatway'"],
  ])('%j is refused', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message)
  })
})
