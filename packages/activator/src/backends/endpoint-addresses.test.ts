import { describe, expect, test } from '@jest/globals'
import type { V1Endpoints } from '@knative-ts/apis'
import { activatorPosition, endpointAddresses, requestPortName } from './endpoint-addresses.ts'

function endpoints(...subsets: NonNullable<V1Endpoints['subsets']>): V1Endpoints {
  return { metadata: { name: 'hello-00001-private', namespace: 'default' }, subsets }
}

const ips = (...list: string[]) => list.map((ip) => ({ ip }))

describe('endpointAddresses', () => {
  test('joins the addresses of all subsets with their own port', () => {
    const { ready, notReady } = endpointAddresses(
      endpoints(
        {
          addresses: ips('10.0.0.1', '10.0.0.2'),
          notReadyAddresses: ips('10.0.0.3'),
          ports: [
            { name: 'http-autometric', port: 9090 },
            { name: 'http', port: 8012 },
          ],
        },
        { addresses: ips('10.0.0.4'), ports: [{ name: 'http', port: 18012 }] },
      ),
      requestPortName('http1'),
    )
    expect([...ready]).toEqual(['10.0.0.1:8012', '10.0.0.2:8012', '10.0.0.4:18012'])
    expect([...notReady]).toEqual(['10.0.0.3:8012'])
  })

  test('an h2c revision is reached at the port named http2', () => {
    const object = endpoints({
      addresses: ips('10.0.0.1'),
      ports: [
        { name: 'http', port: 8012 },
        { name: 'http2', port: 8013 },
      ],
    })
    expect([...endpointAddresses(object, requestPortName('h2c')).ready]).toEqual(['10.0.0.1:8013'])
  })

  test('a subset without the port does not count', () => {
    const object = endpoints({ addresses: ips('10.0.0.1'), ports: [{ name: 'https', port: 8112 }] })
    expect(endpointAddresses(object, 'http').ready.size).toBe(0)
  })

  test('an IPv6 address stands in brackets', () => {
    const object = endpoints({ addresses: ips('fd00::1'), ports: [{ name: 'http', port: 8012 }] })
    expect([...endpointAddresses(object, 'http').ready]).toEqual(['[fd00::1]:8012'])
  })

  test('ready wins over not ready', () => {
    const object = endpoints({
      addresses: ips('10.0.0.1'),
      notReadyAddresses: ips('10.0.0.1'),
      ports: [{ name: 'http', port: 8012 }],
    })
    const { ready, notReady } = endpointAddresses(object, 'http')
    expect([ready.size, notReady.size]).toEqual([1, 0])
  })

  test('no object, no addresses', () => {
    expect(endpointAddresses(undefined, 'http').ready.size).toBe(0)
  })
})

describe('activatorPosition', () => {
  const object = endpoints({
    addresses: ips('10.0.0.9', '10.0.0.10', '10.0.0.2'),
    notReadyAddresses: ips('10.0.0.1'),
    ports: [{ name: 'http', port: 8012 }],
  })

  test.each([
    ['10.0.0.10', 0],
    ['10.0.0.2', 1],
    ['10.0.0.9', 2],
  ])('%s is number %p of the ready ones in string order', (ip, self) => {
    expect(activatorPosition(object, 'http', ip)).toEqual({ self, activators: 3 })
  })

  test('unknown when this activator is not in the path', () => {
    expect(activatorPosition(object, 'http', '10.0.0.7')).toBeUndefined()
    expect(activatorPosition(object, 'http', '10.0.0.1')).toBeUndefined()
    expect(activatorPosition(object, 'http2', '10.0.0.9')).toBeUndefined()
    expect(activatorPosition(undefined, 'http', '10.0.0.9')).toBeUndefined()
  })
})
