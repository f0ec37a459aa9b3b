import { isIP } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import type { Service } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'
import { runtimeReport } from './runtime.ts'

const { workspace, needs } = await connectSuite()

/** Left on requests that came by the activator, as upstream leaves it. */
const proxyHeader = 'k-proxy-request'

describe('headers', () => {
  test('tell where the request came from and what it asked for', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const { request } = runtimeReport(await workspace.get(service, '/a/b?c=d%20e'))
    const { hostname } = new URL(service.status?.url ?? '')
    expect(request).toMatchObject({ method: 'GET', path: '/a/b?c=d%20e', host: hostname })
    expect(request.headers['x-forwarded-proto']).toBe('http')
    const addresses = (request.headers['x-forwarded-for'] ?? '').split(',').map((part) => part.trim())
    expect(addresses.filter((address) => isIP(address) === 0)).toEqual([])
    expect(request.headers['forwarded']).toMatch(/^for=[^;,]+(;\s*(proto|host|by)=[^;,]+)*(,.*)?$/)
    expect(request.headers['forwarded']).toContain(`proto=http`)
  })

  test('of the caller arrive unchanged, those of the data path do not', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const { request } = runtimeReport(
      await workspace.get(service, '/', {
        'x-my-header': 'a, b;  c',
        'x-request-id': '7',
        authorization: 'Bearer abc',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        cookie: 'one=1; two=2',
        'user-agent': 'e2e/1',
        'knative-serving-revision': 'someone-elses',
        'knative-serving-namespace': 'elsewhere',
      }),
    )
    expect(request.headers).toMatchObject({
      'x-my-header': 'a, b;  c',
      authorization: 'Bearer abc',
      cookie: 'one=1; two=2',
      'user-agent': 'e2e/1',
    })
    expect(request.headers['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-0[01]$/)
    const internal = Object.keys(request.headers).filter((name) =>
      /^(knative-serving-(revision|namespace)|k-original-host|k-passthrough-lb|k-network-.*)$/.test(name),
    )
    expect(internal).toEqual([])
  })

  test('are the same with the activator in the path, but for one that says so', async () => {
    const burst = (capacity: string) =>
      workspace.serve({
        image: 'runtime',
        annotations: {
          'autoscaling.knative.dev/target-burst-capacity': capacity,
          'autoscaling.knative.dev/min-scale': '1',
        },
      })
    const headers = async (service: Service) =>
      runtimeReport(await workspace.get(service, '/', { 'x-mine': '1' })).request.headers
    const [always, never] = [await burst('-1'), await burst('0')]
    const throughActivator = await eventually('the activator in the path', async () => {
      const seen = await headers(always)
      return seen[proxyHeader] === 'activator' ? seen : undefined
    })
    const direct = await eventually('no activator in the path', async () => {
      const seen = await headers(never)
      return seen[proxyHeader] === undefined ? seen : undefined
    })
    expect(Object.keys(throughActivator).sort()).toEqual([...Object.keys(direct), proxyHeader].sort())
  })
})

describe('protocol', () => {
  test.each([
    ['h2c', 'HTTP/2.0'],
    ['http1', 'HTTP/1.1'],
    [undefined, 'HTTP/1.1'],
  ])('port name %s means %s', async (name, protocol) => {
    const service = await workspace.serve({
      image: 'runtime',
      container: { ports: [{ ...(name ? { name } : {}), containerPort: 8080 }] },
    })
    const { request } = runtimeReport(await workspace.get(service))
    expect(request.protocol).toBe(protocol)
  })

  needs('ownPorts')('another port is the one that is asked', async () => {
    const service = await workspace.serve({
      image: 'runtime',
      container: { ports: [{ containerPort: 8555 }] },
    })
    expect(runtimeReport(await workspace.get(service)).container.env['PORT']).toBe('8555')
  })
})
