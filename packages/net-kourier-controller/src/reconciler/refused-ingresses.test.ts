import { expect, test } from '@jest/globals'
import { Dependencies } from '../gateway/dependencies.ts'
import { kourierIngress } from '../testing/objects.ts'
import { refusedIngresses } from './refused-ingresses.ts'

const dependencies = new Dependencies()
dependencies.set('default/user', new Set(['service/ns/svc', 'endpoints/ns/svc'] as const))

const ready = kourierIngress('ready', [])
ready.status = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] }
const waiting = kourierIngress('waiting', [])

function refused(message: string): string[] {
  const refusal = { nodeId: 'n', typeUrl: 't', version: '1', message }
  return refusedIngresses(refusal, dependencies, [ready, waiting])
}

test('a refusal for the sake of a cluster concerns those that use its Service', () => {
  expect(refused("route: unknown weighted cluster 'ns/svc'")).toEqual(['default/user'])
  expect(refused("route: unknown weighted cluster 'ns/other'")).toEqual([])
})

test('any other refusal concerns all that are not ready', () => {
  expect(refused('no')).toEqual(['default/waiting'])
})

test('what an Ingress no longer depends on does not wake it', () => {
  dependencies.set('default/user', new Set(['service/ns/new'] as const))
  expect([...dependencies.dependants('service/ns/svc')]).toEqual([])
  expect([...dependencies.dependants('service/ns/new')]).toEqual(['default/user'])
  dependencies.remove('default/user')
  expect([...dependencies.dependants('service/ns/new')]).toEqual([])
})
