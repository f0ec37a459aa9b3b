import { describe, expect, test } from '@jest/globals'
import { serviceModel } from './serving-models.ts'

const podSpec = (spec: object) =>
  (serviceModel({ spec: { template: { spec } } }, '') as { spec: { template: { spec: object } } }).spec
    .template.spec

describe('what an encoded object would not hold is dropped', () => {
  test.each([
    [{ tolerations: [] }, {}],
    [{ hostNetwork: false, hostIPC: true }, { hostIPC: true }],
    [{ nodeSelector: {} }, {}],
    [{ serviceAccountName: '' }, {}],
    [{ affinity: null, containers: null }, {}],
    [{ notAField: 1 }, {}],
    [{ containers: [{ stdin: false, args: [], workingDir: '' }] }, { containers: [{}] }],
    [{ containers: [{ env: [{ name: 'A', value: '' }] }] }, { containers: [{ env: [{ name: 'A' }] }] }],
    [{ containers: [{}, { args: ['', 'x'] }] }, { containers: [{}, { args: ['', 'x'] }] }],
  ])('%j', (spec, expected) => expect(podSpec(spec)).toEqual(expected))
})

describe('what may be empty on purpose stays', () => {
  test.each([
    [{ shareProcessNamespace: false }],
    [{ enableServiceLinks: false }],
    [{ containerConcurrency: 0, timeoutSeconds: 0 }],
    [{ securityContext: {} }],
    [{ affinity: {} }],
    [{ containers: [{ securityContext: { capabilities: {}, privileged: false } }] }],
    [{ containers: [{ resources: {} }] }],
    [{ volumes: [{ name: 'a', emptyDir: {} }] }],
  ])('%j', (spec) => expect(podSpec(spec)).toEqual(spec))
})

test('quantities come out in canonical form', () => {
  const { containers } = podSpec({
    containers: [{ resources: { limits: { cpu: 1, memory: '1024Mi' } } }],
  }) as {
    containers: unknown[]
  }
  expect(containers).toEqual([{ resources: { limits: { cpu: '1', memory: '1Gi' } } }])
})

describe('wrong types are named', () => {
  test.each([
    [{ timeoutSeconds: '5' }, 'cannot decode spec.template.spec.timeoutSeconds: want a number, got a string'],
    [
      { timeoutSeconds: 1.5 },
      'cannot decode spec.template.spec.timeoutSeconds: want an integer, got a number',
    ],
    [{ containers: {} }, 'cannot decode spec.template.spec.containers: want a list, got an object'],
    [{ containers: [1] }, 'cannot decode spec.template.spec.containers[0]: want an object, got a number'],
    [{ containers: [null] }, 'cannot decode spec.template.spec.containers[0]: want a value, got null'],
    [{ nodeSelector: [] }, 'cannot decode spec.template.spec.nodeSelector: want an object, got a list'],
    [{ hostNetwork: 'yes' }, 'cannot decode spec.template.spec.hostNetwork: want a boolean, got a string'],
    [
      { containers: [{ resources: { limits: { cpu: 'x' } } }] },
      'cannot decode spec.template.spec.containers[0].resources.limits.cpu: want a quantity, which "x" is not, got a string',
    ],
  ])('%j', (spec, message) => {
    expect(() => podSpec(spec)).toThrow(expect.objectContaining({ message, code: 'WEBHOOK_DECODE' }))
  })
})
