import { expect, test } from '@jest/globals'
import { parseFeaturesConfig } from './features-config.ts'

test('two features are on by default', () => {
  const { flags, securePodDefaults } = parseFeaturesConfig({})
  const on = Object.entries(flags).flatMap(([name, value]) => (value === 'Enabled' ? [name] : []))
  expect(on.sort()).toEqual(['kubernetes.podspec-volumes-emptydir', 'multi-container'])
  expect(Object.values(flags)).not.toContain('Allowed')
  expect(Object.keys(flags)).toHaveLength(32)
  expect(securePodDefaults).toBe('Disabled')
})

test.each([
  ['enabled', 'Enabled'],
  ['ALLOWED', 'Allowed'],
  ['Disabled', 'Disabled'],
  ['nonsense', 'Enabled'],
])('multi-container: %s is %s', (text, value) => {
  expect(parseFeaturesConfig({ 'multi-container': text }).flags['multi-container']).toBe(value)
})

test.each([
  ['allowrootbounded', 'AllowRootBounded'],
  ['Enabled', 'Enabled'],
  ['Allowed', 'Disabled'],
])('secure-pod-defaults: %s is %s', (text, value) => {
  expect(parseFeaturesConfig({ 'secure-pod-defaults': text }).securePodDefaults).toBe(value)
})
