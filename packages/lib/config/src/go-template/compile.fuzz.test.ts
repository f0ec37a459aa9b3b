import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileGoTemplate } from './compile.ts'

const piece = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom(
    ...[
      '{{',
      '}}',
      '{{-',
      '-}}',
      '.',
      '.Name',
      '.Labels.x',
      '.URL',
      '.Path',
      '$',
      '$x',
      ':=',
      '=',
      '|',
      '(',
      ')',
      '"a"',
      '`',
      "'",
    ],
    ...[
      'if',
      'else',
      'end',
      'range',
      'with',
      'printf',
      'index',
      'eq',
      'and',
      'len',
      'js',
      ' ',
      '1',
      '{{end}}',
    ],
    ...['{{if .Name}}', '{{range .Labels}}', '{{else}}', '{{.Name | printf "%s"}}', '/*', '*/', ','],
  ),
)

test('any text compiles and renders, or fails with the typed error', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      try {
        compileGoTemplate(pieces.join(''))({ Name: 'n', Labels: new Map([['x', 'y']]), URL: { Path: '/' } })
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONFIG_TEMPLATE' })
      }
    }),
    { numRuns: 2000 },
  )
})

test('text without actions is rendered as it is', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('{{')),
      (text) => expect(compileGoTemplate(text)({})).toBe(text),
    ),
  )
})

test('deep nesting is refused, not a crash', () => {
  for (const text of [`{{${'('.repeat(5_000)}1${')'.repeat(5_000)}}}`, '{{if 1}}'.repeat(5_000)]) {
    expect(() => compileGoTemplate(text)).toThrow(expect.objectContaining({ code: 'CONFIG_TEMPLATE' }))
  }
})
