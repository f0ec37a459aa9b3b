import { describe, expect, test } from '@jest/globals'
import { booleanVariable, requiredVariable } from './environment.ts'

describe('a variable that is true or false', () => {
  test.each([
    [undefined, false],
    ['', false],
    ['true', true],
    ['1', true],
    ['F', false],
  ])('%j', (value, wanted) => {
    expect(booleanVariable({ IGNORE_NOT_FOUND: value }, 'IGNORE_NOT_FOUND')).toBe(wanted)
  })

  test('anything else is named', () => {
    expect(() => booleanVariable({ IGNORE_NOT_FOUND: 'yes' }, 'IGNORE_NOT_FOUND')).toThrow(
      expect.objectContaining({
        code: 'MIGRATE_ENV_INVALID',
        message: expect.stringContaining('IGNORE_NOT_FOUND must be true or false'),
      }),
    )
  })
})

test('a variable that must be set is named', () => {
  expect(requiredVariable({ POD_NAME: 'p' }, 'POD_NAME')).toBe('p')
  expect(() => requiredVariable({ POD_NAME: '' }, 'POD_NAME')).toThrow(
    expect.objectContaining({ code: 'MIGRATE_ENV_MISSING' }),
  )
})
