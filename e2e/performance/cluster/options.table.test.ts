import { describe, expect, test } from '@jest/globals'
import { readOptions } from './options.ts'

describe('options of a measurement', () => {
  test('without any, everything is measured', () => {
    const { grep, services, rounds, check, gateway } = readOptions([])
    expect({ services, rounds, check, gateway }).toEqual({
      services: 300,
      rounds: 12,
      check: false,
      gateway: undefined,
    })
    expect(grep.test('many')).toBe(true)
  })

  test.each([
    [['--gateway', '10.0.0.1:80'], /--gateway 10.0.0.1:80: it must be a URL/],
    [['--services', '0'], /--services 0: it must be a positive integer/],
    [['--rounds', 'x'], /--rounds x: it must be a positive integer/],
    [['--seconds', '1.5'], /--seconds 1.5: it must be a positive integer/],
    [['--grep', '('], /--grep \(: Invalid regular expression/],
  ])('%j is refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(message)
  })

  test('the gateway may end with a slash', () => {
    expect(readOptions(['--gateway', 'http://10.0.0.1:31080/']).gateway).toBe('http://10.0.0.1:31080')
  })
})
