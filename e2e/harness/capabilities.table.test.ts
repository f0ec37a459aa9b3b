import { describe, expect, test } from '@jest/globals'
import { coreServices, nodes, type V1Service } from '@knative-ts/apis'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { capabilitiesOf } from './capabilities.ts'
import { findGateway } from './find-gateway.ts'

test.each([
  [['containerd://2.0.0'], true],
  [['containerd://2.0.0', 'cri-o://1.34'], true],
  [['process://1'], false],
])('nodes with %j have containers: %s', (runtimes, containers) => {
  expect(new Set(Object.values(capabilitiesOf(runtimes)))).toEqual(new Set([containers]))
})

describe('findGateway', () => {
  function cluster(runtime: string, service?: Partial<V1Service>) {
    const client = new FakeKubeClient()
    client.seed(nodes, {
      metadata: { name: 'n' },
      status: {
        addresses: [{ type: 'InternalIP', address: '10.0.0.9' }],
        nodeInfo: { containerRuntimeVersion: runtime },
      },
    } as never)
    const metadata = { namespace: 'kourier-system', name: 'kourier' }
    if (service) client.seed(coreServices, { metadata, ...service } as V1Service)
    return client
  }
  const ports = [{ port: 80, nodePort: 31080 }]

  test.each<[string, string, Partial<V1Service> | undefined, string]>([
    ['local mode: the node', 'process://1', undefined, 'http://10.0.0.9:8080'],
    [
      'a load balancer',
      'containerd://2',
      { spec: { ports }, status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } },
      'http://1.2.3.4:80',
    ],
    ['a node port', 'containerd://2', { spec: { ports } }, 'http://10.0.0.9:31080'],
  ])('%s', async (_, runtime, service, url) => {
    expect(await findGateway(cluster(runtime, service))).toBe(url)
  })

  test('none: the message names the option', async () => {
    await expect(findGateway(cluster('containerd://2'))).rejects.toThrow('--gateway URL')
  })
})
