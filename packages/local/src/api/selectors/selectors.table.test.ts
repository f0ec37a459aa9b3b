import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../meta/kube-object.ts'
import { parseFieldSelector } from './field-selector.ts'
import { labelSelectorOf, parseLabelSelector } from './label-selector.ts'

const labels = { app: 'web', tier: 'front', n: '5', 'example.com/x': '' }

describe('a label selector', () => {
  test.each([
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['missing!=web', true],
    ['app in (web, db)', true],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['n>4', true],
    ['n<4', false],
    ['example.com/x=', true],
    ['app=web,', true],
    ['', true],
  ])('%s', (selector, expected) => {
    expect(parseLabelSelector(selector)(labels)).toBe(expected)
  })

  test.each(['app in web', '=x', 'app=a=b', 'app in (', 'a b', '(x)'])('%s is refused', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow('unable to parse requirement')
  })

  test('as an object', () => {
    const matchExpressions = [
      { key: 'tier', operator: 'NotIn', values: ['back'] },
      { key: 'app', operator: 'Exists' },
      { key: 'gone', operator: 'DoesNotExist' },
    ]
    expect(labelSelectorOf({ matchLabels: { app: 'web' }, matchExpressions })(labels)).toBe(true)
    expect(labelSelectorOf({ matchLabels: { app: 'db' } })(labels)).toBe(false)
    expect(labelSelectorOf(undefined)(undefined)).toBe(true)
  })
})

describe('a field selector', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'd' },
    spec: {},
    status: { phase: 'Running' },
  } as KubeObject

  test.each([
    ['metadata.name=p', true],
    ['metadata.name==p,status.phase!=Failed', true],
    ['status.phase=Failed', false],
    ['spec.nodeName=', true],
  ])('%s', (selector, expected) => {
    expect(parseFieldSelector(selector, ['status.phase', 'spec.nodeName']).matches(pod)).toBe(expected)
  })

  test('pins a name down, and refuses other fields', () => {
    expect(parseFieldSelector('metadata.name=p', []).name).toBe('p')
    expect(() => parseFieldSelector('spec.x=y', [])).toThrow('field label not supported: spec.x')
    expect(() => parseFieldSelector('spec', [])).toThrow("can't understand 'spec'")
  })
})
