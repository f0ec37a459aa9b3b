import { expect, test } from '@jest/globals'
import { outgoingRequest } from './outgoing-request.ts'

test('the Host moves to K-Original-Host, the pod’s address takes its place', () => {
  expect(outgoingRequest({ headers: [], host: 'hello.example.com' }, undefined)).toEqual({
    host: '',
    remove: ['knative-serving-revision', 'knative-serving-namespace', 'k-network-hash'],
    set: ['k-proxy-request', 'activator', 'k-original-host', 'hello.example.com'],
  })
})

test('an earlier K-Original-Host stays', () => {
  const headers = ['K-Original-Host', 'first.example.com']
  expect(outgoingRequest({ headers, host: 'hello.example.com' }, undefined).set).toEqual([
    'k-proxy-request',
    'activator',
  ])
})

test('in a mesh the Host names the revision and asks for passthrough', () => {
  expect(outgoingRequest({ headers: [], host: 'h' }, 'hello-00001-private.default')).toMatchObject({
    host: 'hello-00001-private.default',
    set: ['k-proxy-request', 'activator', 'k-passthrough-lb', 'true', 'k-original-host', 'h'],
  })
})
