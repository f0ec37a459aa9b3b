import { describe, expect, test } from '@jest/globals'
import { goQuote } from './go-quote.ts'
import { formatFixed, formatFloat, parseBool, parseFloat64, parseInt32, parseInt64 } from './scalars.ts'

describe('booleans', () => {
  test.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('%s is true', (text) =>
    expect(parseBool(text)).toBe(true),
  )
  test.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('%s is false', (text) =>
    expect(parseBool(text)).toBe(false),
  )
  test.each(['', 'yes', 'tRUE', ' true'])('%j is neither', (text) => {
    expect(() => parseBool(text)).toThrow(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`)
  })
})

describe('integers', () => {
  test.each([
    ['0', 0],
    ['-5', -5],
    ['+7', 7],
    ['007', 7],
    ['2147483647', 2147483647],
  ])('%s', (text, value) => expect(parseInt32(text)).toBe(value))
  test.each(['', '1.5', 'x', '0x10', '1_000', ' 1'])('%j is none', (text) => {
    expect(() => parseInt32(text)).toThrow(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`)
  })
  test.each([
    ['2147483648', parseInt32],
    ['-2147483649', parseInt32],
    ['9223372036854775808', parseInt64],
  ])('%s is too large', (text, parse) => {
    expect(() => parse(text)).toThrow(`strconv.ParseInt: parsing "${text}": value out of range`)
  })
})

describe('floats', () => {
  test.each([
    ['70', 70],
    ['0.7', 0.7],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-3', 0.001],
    ['-1', -1],
    ['1_000.5', 1000.5],
    ['0x1p-2', 0.25],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-infinity', Number.NEGATIVE_INFINITY],
    ['nan', Number.NaN],
  ])('%s', (text, value) => expect(parseFloat64(text)).toBe(value))
  test.each(['', 'x', '1e', '.', '1__0', ' 1', '0x1'])('%j is none', (text) => {
    expect(() => parseFloat64(text)).toThrow(`strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`)
  })
  test('one beyond the range', () => {
    expect(() => parseFloat64('1e400')).toThrow('strconv.ParseFloat: parsing "1e400": value out of range')
  })
})

test.each([
  [100, '100', '100.000000'],
  [0.01, '0.01', '0.010000'],
  [1e-5, '1e-05', '0.000010'],
  [1e21, '1e+21', '1000000000000000000000.000000'],
  [Number.POSITIVE_INFINITY, '+Inf', '+Inf'],
  [Number.NaN, 'NaN', 'NaN'],
])('%d prints as Go prints it', (value, shortest, fixed) => {
  expect([formatFloat(value), formatFixed(value)]).toEqual([shortest, fixed])
})

test.each([
  ['plain', '"plain"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['line\nbreak\t', '"line\\nbreak\\t"'],
  ['\x01', '"\\x01"'],
  ['\u200b', '"\\u200b"'],
  ['héllo', '"héllo"'],
])('%j quoted', (text, quoted) => expect(goQuote(text)).toBe(quoted))
