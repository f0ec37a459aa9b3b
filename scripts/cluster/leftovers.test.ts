import { expect, test } from '@jest/globals'
import { leftovers } from './leftovers.ts'

const before = ['Service default/kubernetes', 'Namespace /default']

test('what was there before, definitions and namespaces are no leftovers', () => {
  const now = [
    ...before,
    'CustomResourceDefinition /services.serving.knative.dev',
    'Namespace /knative-serving',
  ]
  expect(leftovers(before, now)).toEqual([])
})

test('nor is what Kubernetes makes by itself', () => {
  const now = [
    'ConfigMap knative-serving/kube-root-ca.crt',
    'ServiceAccount knative-serving/default',
    'Event default/node0.17',
    'APIService /v1.serving.knative.dev',
    'Lease kube-system/apiserver-x',
  ]
  expect(leftovers(before, now)).toEqual([])
})

test('all else is', () => {
  const now = [
    'Secret knative-serving/webhook-certs',
    'Lease knative-serving/controller',
    'ClusterRole /knative-x',
  ]
  expect(leftovers(before, [...before, ...now])).toEqual(now)
})
