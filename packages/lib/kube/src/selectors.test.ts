import { describe, expect, test } from '@jest/globals'
import { labelSelectorMatcher, labelSelectorText, matchLabels, parseLabelSelector } from './selectors.ts'

const labels = { app: 'web', tier: 'front' }

describe('parseLabelSelector', () => {
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['zone!=a', true],
    ['app in (api, web)', true],
    ['app notin (api,web)', false],
    ['zone notin (a)', true],
    ['app', true],
    ['!app', false],
    ['!zone,app in (web)', true],
    ['app=', false],
  ])('%s → %s', (text, matches) => {
    expect(parseLabelSelector(text)(labels)).toBe(matches)
  })

  test('says which part is wrong', () => {
    expect(() => parseLabelSelector('app=web,a b')).toThrow('"a b" is not a label requirement')
  })
})

test('a selector object: labels and expressions', () => {
  const matches = labelSelectorMatcher({
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['front'] },
      { key: 'zone', operator: 'DoesNotExist' },
    ],
  })
  expect(matches(labels)).toBe(true)
  expect(matches({ ...labels, zone: 'a' })).toBe(false)
  expect(labelSelectorMatcher({})(undefined)).toBe(true)
  expect(() => labelSelectorMatcher({ matchExpressions: [{ key: 'a', operator: 'Like' }] })).toThrow('Like')
})

test('labels render as a selector that matches them', () => {
  expect(labelSelectorText(labels)).toBe('app=web,tier=front')
  expect(matchLabels(labels)({ ...labels, more: 'x' })).toBe(true)
  expect(matchLabels(labels)({ app: 'web' })).toBe(false)
})
