import { expect, test } from '@jest/globals'
import { routeOf } from './route.ts'

const resource = { type: 'resource', namespace: undefined, name: undefined, subresource: '' }

test.each<[string, unknown]>([
  ['/', { type: 'discovery', path: 'root', name: '' }],
  ['/healthz', { type: 'health' }],
  ['/livez/ping', { type: 'health' }],
  ['/version/', { type: 'version' }],
  ['/api', { type: 'discovery', path: 'api', name: '' }],
  ['/api/v1', { type: 'discovery', path: 'resources', name: 'v1' }],
  ['/apis/apps', { type: 'discovery', path: 'group', name: 'apps' }],
  ['/apis/apps/v1', { type: 'discovery', path: 'resources', name: 'apps/v1' }],
  ['/openapi/v3/apis/apps/v1', { type: 'openapi', document: 'v3/apis/apps/v1' }],
  ['/api/v1/pods', { ...resource, apiVersion: 'v1', plural: 'pods' }],
  ['/api/v1/namespaces', { ...resource, apiVersion: 'v1', plural: 'namespaces' }],
  ['/api/v1/namespaces/a', { ...resource, apiVersion: 'v1', plural: 'namespaces', name: 'a' }],
  [
    '/api/v1/namespaces/a/status',
    { ...resource, apiVersion: 'v1', plural: 'namespaces', name: 'a', subresource: 'status' },
  ],
  ['/api/v1/namespaces/a/pods', { ...resource, apiVersion: 'v1', plural: 'pods', namespace: 'a' }],
  [
    '/apis/g.io/v1/namespaces/a/ws/b/scale',
    { ...resource, apiVersion: 'g.io/v1', plural: 'ws', namespace: 'a', name: 'b', subresource: 'scale' },
  ],
  ['/api/v1/nodes/a%3Ab', { ...resource, apiVersion: 'v1', plural: 'nodes', name: 'a:b' }],
  ['/api/v1/pods/a/b/c', undefined],
  ['/api/%zz', undefined],
  ['/metrics', undefined],
])('%s', (path, expected) => {
  expect(routeOf(path)).toEqual(expected)
})
