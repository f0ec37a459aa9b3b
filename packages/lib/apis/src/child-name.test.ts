import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { childName } from './child-name.ts'

test('short names are joined', () => {
  expect(childName('foo', '-00001')).toBe('foo-00001')
  expect(childName('x'.repeat(57), '-12345')).toBe(`${'x'.repeat(57)}-12345`)
})

test('a long parent keeps its head and the whole suffix', () => {
  const name = childName('f'.repeat(63), '-deployment')
  expect(name).toBe(`${'f'.repeat(20)}105d7597fea81e94f5756b8ea2ab4c7f`.slice(0, 20) + name.slice(20))
  expect(name).toHaveLength(63)
  expect(name.endsWith('-deployment')).toBe(true)
  expect(name.slice(20, 52)).toMatch(/^[0-9a-f]{32}$/)
})

test('a long suffix is cut and never ends in a dash', () => {
  const name = childName('parent', `-${'s'.repeat(30)}-${'t'.repeat(40)}`)
  expect(name.length).toBeLessThanOrEqual(63)
  expect(name).toMatch(/[a-zA-Z0-9]$/)
})

test('names never exceed 63 characters and differ when their parents do', () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,80}[a-z0-9]$/)
  fc.assert(
    fc.property(part, part, part, (a, b, suffix) => {
      expect(childName(a, `-${suffix}`).length).toBeLessThanOrEqual(63)
      if (a !== b && a.length + suffix.length > 70 && suffix.length < 29) {
        expect(childName(a, `-${suffix}`) === childName(b, `-${suffix}`)).toBe(false)
      }
    }),
  )
})
