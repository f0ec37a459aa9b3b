import { describe, expect, test } from '@jest/globals'
import type { V1EndpointSlice, V1Service, V1ServicePort } from '@knative-ts/apis'
import { slice, split } from '../testing/objects.ts'
import { type Backend, resolveBackend, speaksHTTP2 } from './backend.ts'

function serviceWith(ports: V1ServicePort[], spec: V1Service['spec'] = {}): V1Service {
  return { metadata: { name: 's' }, spec: { ports, ...spec } }
}

const http = { name: 'http', port: 80, targetPort: 8012 }
const ready = [slice('s', ['10.0.0.1'])]
const named: V1EndpointSlice[] = [{ ...slice('s', ['10.0.0.1']), ports: [{ name: 'http', port: 9000 }] }]
const at = (port: number, addresses = ['10.0.0.1']): Backend => ({ kind: 'addresses', addresses, port })

const rows: [string, V1Service, readonly V1EndpointSlice[], number | string, Backend | undefined][] = [
  ['by number', serviceWith([http]), ready, 80, at(8012)],
  ['by name', serviceWith([http]), ready, 'http', at(8012)],
  ['the last of equal ports', serviceWith([http, { ...http, targetPort: 8013 }]), ready, 80, at(8013)],
  ['80 if no port fits', serviceWith([http]), ready, 443, at(80)],
  ['without targetPort the port itself', serviceWith([{ name: 'http', port: 80 }]), ready, 80, at(80)],
  ['a number written as text', serviceWith([{ ...http, targetPort: '8014' }]), ready, 80, at(8014)],
  [
    'a named targetPort as the slices have it',
    serviceWith([{ ...http, targetPort: 'web' }]),
    named,
    80,
    at(9000),
  ],
  ['no slice', serviceWith([http]), [], 80, undefined],
  ['no ready address', serviceWith([http]), [slice('s', [])], 80, undefined],
  [
    'all slices, each address once, sorted',
    serviceWith([http]),
    [slice('s', ['b', 'a']), slice('s', ['a'])],
    80,
    at(8012, ['a', 'b']),
  ],
  [
    'not slices of names',
    serviceWith([http]),
    [{ ...slice('s', ['x.test']), addressType: 'FQDN' }],
    80,
    undefined,
  ],
  [
    'an external name with the Service port',
    serviceWith([{ name: 'http2', port: 81 }], { type: 'ExternalName', externalName: 'x.test' }),
    [],
    'http2',
    { kind: 'dns', hostname: 'x.test', port: 81 },
  ],
  ['an external name that is empty', serviceWith([], { type: 'ExternalName' }), [], 80, undefined],
]

describe('resolveBackend', () => {
  test.each(rows)('%s', (_, service, slices, servicePort, expected) => {
    expect(resolveBackend(split('s', 100, { servicePort }), service, slices)).toEqual(expected)
  })
})

test('any port may say that the backend speaks HTTP/2', () => {
  expect(speaksHTTP2(serviceWith([http]))).toBe(false)
  expect(speaksHTTP2(serviceWith([http, { name: 'h2c', port: 81 }]))).toBe(true)
  expect(speaksHTTP2(serviceWith([{ name: 'http2', port: 81 }]))).toBe(true)
  expect(speaksHTTP2(serviceWith([{ ...http, appProtocol: 'kubernetes.io/h2c' }]))).toBe(false)
})
