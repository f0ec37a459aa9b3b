import { describe, expect, test } from '@jest/globals'
import { namespaces, type OwnerReference, routes } from '@knative-ts/apis'
import { enqueueControllerOf } from './enqueue-controller-of.ts'

const owner: OwnerReference = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Route',
  name: 'foo',
  uid: '1',
  controller: true,
}

function enqueuedBy(ref: OwnerReference, type: { group: string; kind: string } = routes): string[] {
  const keys: string[] = []
  const handler = enqueueControllerOf({ enqueueKey: (key) => void keys.push(key) }, type)
  const object = { metadata: { name: 'child', namespace: 'ns', ownerReferences: [ref] } }
  handler.onAdd?.(object)
  handler.onUpdate?.(object, object)
  handler.onDelete?.(object)
  return keys
}

describe('enqueueControllerOf', () => {
  test('wakes the owner whenever its child changes', () => {
    expect(enqueuedBy(owner)).toEqual(['ns/foo', 'ns/foo', 'ns/foo'])
  })

  test('does not mind another version of the owner', () => {
    expect(enqueuedBy({ ...owner, apiVersion: 'serving.knative.dev/v1beta1' })).toHaveLength(3)
  })

  test.each<[string, Partial<OwnerReference>]>([
    ['an owner that does not control it', { controller: false }],
    ['an owner of another kind', { kind: 'Service' }],
    ['an owner of another group', { apiVersion: 'route.openshift.io/v1' }],
    ['an owner of the core group', { apiVersion: 'v1' }],
  ])('does not wake %s', (_, change) => {
    expect(enqueuedBy({ ...owner, ...change })).toEqual([])
  })

  test('knows owners of the core group', () => {
    expect(enqueuedBy({ ...owner, apiVersion: 'v1', kind: 'Namespace' }, namespaces)).toHaveLength(3)
  })
})
