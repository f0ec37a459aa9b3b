import { describe, expect, test } from '@jest/globals'
import { fieldErrorMessage } from '../meta/field-error.ts'
import { asRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'
import { ModelSchemas } from '../schema/model-schemas.ts'
import { SqliteChangeLog } from '../storage/sqlite-change-log.ts'
import { Store } from '../storage/store.ts'
import { podStatus } from '../table/pod-status.ts'
import { AddressAllocator } from './address-allocator.ts'
import { builtinKinds } from './builtin-kinds.ts'
import { podStrategy, validatePodSpec } from './pod-strategy.ts'

const pod = (spec: object, status: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec,
  status,
})

describe('pods', () => {
  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.2', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['nginx@sha256:abc', 'IfNotPresent'],
  ])('pull %s by the rule %s', (image, policy) => {
    const object = pod({ containers: [{ name: 'a', image }] })
    podStrategy.applyDefaults?.(object)
    expect(valueAt(object, ['spec', 'containers'])).toEqual([{ name: 'a', image, imagePullPolicy: policy }])
  })

  test.each<[string, object, string[]]>([
    ['no containers', {}, ['spec.containers: Required value']],
    ['no name', { containers: [{ image: 'i' }] }, ['spec.containers[0].name: Required value']],
    ['no image', { containers: [{ name: 'a' }] }, ['spec.containers[0].image: Required value']],
    [
      'twins',
      {
        containers: [
          { name: 'a', image: 'i' },
          { name: 'a', image: 'i' },
        ],
      },
      ['spec.containers[1].name: Duplicate value: "a"'],
    ],
    [
      'a port beyond ports',
      { containers: [{ name: 'a', image: 'i', ports: [{ containerPort: 70000, protocol: 'TCP' }] }] },
      [
        'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'a probe of nothing',
      { containers: [{ name: 'a', image: 'i', livenessProbe: {} }] },
      ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    ],
    [
      'an unknown volume',
      { containers: [{ name: 'a', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
  ])('are refused for %s', (_, spec, expected) => {
    expect(validatePodSpec(spec, 'spec').map(fieldErrorMessage)).toEqual(expected)
  })

  test('may change their images, and little else', () => {
    const old = pod({ containers: [{ name: 'a', image: 'i:1' }] })
    expect(podStrategy.validate?.(pod({ containers: [{ name: 'a', image: 'i:2' }] }), old)).toEqual([])
    const changed = podStrategy.validate?.(
      pod({ containers: [{ name: 'a', image: 'i:1', command: ['x'] }] }),
      old,
    )
    expect(changed?.[0]).toMatchObject({ reason: 'FieldValueForbidden', field: 'spec' })
  })

  test.each<[string, object, object, string]>([
    ['phase', {}, { phase: 'Pending' }, 'Pending'],
    [
      'waiting',
      {},
      { phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
      'CrashLoopBackOff',
    ],
    [
      'exit code',
      {},
      { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] },
      'ExitCode:3',
    ],
    [
      'init',
      { initContainers: [{}, {}] },
      { phase: 'Pending', initContainerStatuses: [{ state: { running: {} } }] },
      'Init:0/2',
    ],
    [
      'running beside a completed one',
      {},
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          { state: { terminated: { reason: 'Completed' } } },
          { ready: true, state: { running: {} } },
        ],
      },
      'Running',
    ],
  ])('sum up as their %s', (_, spec, status, reason) => {
    expect(podStatus(pod(spec, status)).reason).toBe(reason)
  })
})

test('addresses are stable, unique, and come back', async () => {
  const schemas = new ModelSchemas()
  const kind = (await builtinKinds(schemas)).find(({ storageKey }) => storageKey === 'services')!
  const store = new Store(new SqliteChangeLog(':memory:'))
  const allocator = new AddressAllocator(store)
  const service = (name: string, spec: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'n' },
    spec: { type: 'ClusterIP', ...spec },
  })
  const give = (object: KubeObject) => {
    allocator.allocate(kind, object)
    store.put('services', object, undefined)
    return String(asRecord(object['spec'])['clusterIP'])
  }
  const first = give(service('a'))
  expect(first).toMatch(/^127\.96\.\d+\.\d+$/)
  const many = new Set(Array.from({ length: 200 }, (_, i) => give(service(`s${i}`))))
  expect(many.size).toBe(200)
  store.remove('services', store.get('services', 'n', 'a')!)
  expect(give(service('a'))).toBe(first)
  expect(() => give(service('b', { clusterIP: first }))).toThrow('provided IP is already allocated')
})

test('every built-in kind has a schema with metadata, and lists merge as upstream says', async () => {
  const schemas = new ModelSchemas()
  for (const kind of await builtinKinds(schemas)) {
    expect(kind.schema.properties?.['metadata']?.model).toBe('V1ObjectMeta')
  }
  const container = schemas.of('V1Container').properties!
  expect(container['ports']).toMatchObject({
    type: 'array',
    'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
    'x-kubernetes-patch-merge-key': 'containerPort',
  })
  expect(schemas.of('V1PodSpec').properties!['tolerations']).toEqual({
    type: 'array',
    items: schemas.of('V1Toleration'),
  })
  expect(schemas.of('V1ResourceRequirements').properties!['limits']).toMatchObject({
    additionalProperties: { format: 'quantity' },
  })
})
