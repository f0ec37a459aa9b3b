import { describe, expect, test } from '@jest/globals'
import type { V1Container, V1Pod } from '@knative-ts/apis'
import { containerEnvironment, expand, podField } from './container-environment.ts'

const pod: V1Pod = {
  metadata: {
    name: 'p',
    namespace: 'ns',
    uid: 'u',
    labels: { app: 'web', tier: 'a"b' },
    annotations: { note: 'hi' },
  },
  spec: { containers: [], serviceAccountName: 'bot', nodeName: 'local' },
}
const sources = {
  configMap: (name: string) => (name === 'cm' ? { metadata: {}, data: { A: '1', B: '2' } } : undefined),
  secret: (name: string) =>
    name === 'sec' ? { metadata: {}, data: { TOKEN: Buffer.from('shh').toString('base64') } } : undefined,
  podIP: '127.1.0.1',
  hostIP: '127.0.0.1',
}
const environment = (container: Partial<V1Container>) =>
  containerEnvironment(pod, { name: 'c', ...container } as V1Container, sources)

describe('containerEnvironment', () => {
  test('sources in order, later ones win, references expand', () => {
    expect(
      environment({
        envFrom: [{ configMapRef: { name: 'cm' }, prefix: 'X_' }, { secretRef: { name: 'sec' } }],
        env: [
          { name: 'X_A', value: 'mine' },
          { name: 'GREETING', value: 'A is $(X_A), $(UNKNOWN), $$(X_A)' },
          { name: 'FROM_KEY', valueFrom: { configMapKeyRef: { name: 'cm', key: 'B' } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
          { name: 'NOT_THERE', valueFrom: { secretKeyRef: { name: 'none', key: 'k', optional: true } } },
        ],
        resources: { limits: { memory: '1Gi' } },
      }),
    ).toEqual({
      X_A: 'mine',
      X_B: '2',
      TOKEN: 'shh',
      GREETING: 'A is mine, $(UNKNOWN), $(X_A)',
      FROM_KEY: '2',
      IP: '127.1.0.1',
      LIMIT: '1Gi',
    })
  })

  test.each<[string, Partial<V1Container>, string]>([
    ['a missing ConfigMap', { envFrom: [{ configMapRef: { name: 'none' } }] }, 'configmap "none" not found'],
    [
      'a missing key',
      { env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'cm', key: 'Z' } } }] },
      'couldn\'t find key Z in ConfigMap "cm"',
    ],
    [
      'an unknown field',
      { env: [{ name: 'V', valueFrom: { fieldRef: { fieldPath: 'spec.secret' } } }] },
      'field path spec.secret is not supported',
    ],
  ])('%s is named', (_, container, message) => {
    expect(() => environment(container)).toThrow(message)
  })
})

test.each([
  ['metadata.name', 'p'],
  ['metadata.namespace', 'ns'],
  ['metadata.uid', 'u'],
  ["metadata.labels['app']", 'web'],
  ["metadata.annotations['none']", ''],
  ['metadata.labels', 'app="web"\ntier="a\\"b"'],
  ['spec.serviceAccountName', 'bot'],
  ['spec.nodeName', 'local'],
  ['status.hostIP', '127.0.0.1'],
])('podField %s', (path, value) => {
  expect(podField(pod, path, sources)).toBe(value)
})

test('expand leaves text without references alone', () => {
  expect(expand('plain $HOME $X $', {})).toBe('plain $HOME $X $')
})
