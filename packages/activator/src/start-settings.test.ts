import { once } from 'node:events'
import { createServer, type IncomingMessage, request as requestInClear } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { pairOf, pem, routingSecret } from './testing/certificates.ts'
import { dataPath } from './testing/data-path.ts'

const seen: IncomingMessage[] = []
const container = createServer((incoming, response) => {
  seen.push(incoming)
  response.end(incoming.url === '/healthz' ? 'queue' : 'app')
})
let userPort: number

beforeAll(async () => {
  await once(container.listen(0, '127.0.0.1'), 'listening')
  userPort = (container.address() as AddressInfo).port
})

beforeEach(() => {
  seen.length = 0
})

afterAll(() => {
  container.closeAllConnections()
  container.close()
})

describe('of config-network, at its start, the activator takes over', () => {
  test.each([
    [{}, undefined],
    [{ 'enable-mesh-pod-addressability': 'true' }, 'true'],
  ])('whether a mesh lets it address pods: %j', async (network, passthrough) => {
    await using path = await dataPath(userPort, { network })
    const response = await fetch(`http://${path.host}:${path.port}/`, { headers: path.headers })
    expect(await response.text()).toBe('app')
    expect(seen[0]!.headers['k-passthrough-lb']).toBe(passthrough)
  })

  test('that a mesh keeps it from the pods, so that requests go through the private Service', async () => {
    const service = { ip: '127.0.0.1', port: userPort }
    await using path = await dataPath(userPort, {
      network: { 'mesh-compatibility-mode': 'enabled' },
      service,
    })
    const response = await fetch(`http://${path.host}:${path.port}/`, { headers: path.headers })
    expect(await response.text()).toBe('app')
    expect(seen.map(({ url }) => url)).toEqual(['/healthz', '/'])
  })

  test('that it needs a certificate: without one it says so and ends', async () => {
    const started = dataPath(userPort, { network: { 'system-internal-tls': 'enabled' } })
    await expect(started).rejects.toThrow(
      /activator exited with 1: .*Secret knative-serving\/routing-serving-certs does not exist/s,
    )
  })

  test('that it serves TLS', async () => {
    const secrets = [routingSecret(pairOf('routing'), pem('ca.crt'))]
    await using path = await dataPath(userPort, { network: { 'system-internal-tls': 'enabled' }, secrets })
    const headers = { 'user-agent': 'kube-probe/1.34' }
    const options = { host: path.host, port: 8112, headers, rejectUnauthorized: false, agent: false }
    const [response] = (await once(request(options).end(), 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).toBe(200)
  })
})

test('of its environment the activator takes over the domain of the cluster', async () => {
  await using path = await dataPath(userPort, {}, { CLUSTER_DOMAIN: 'cluster.example' })
  const { host, port } = path
  const headers = { host: 'hello-00001.default.svc.cluster.example' }
  const [response] = await once(requestInClear({ host, port, headers, agent: false }).end(), 'response')
  expect([response.resume().statusCode, seen.length]).toEqual([200, 1])
})

test('the activator writes its request log to standard output', async () => {
  const observability = {
    'logging.enable-request-log': 'true',
    'logging.request-log-template': 'asked for {{.Request.RequestURI}}',
  }
  await using path = await dataPath(userPort, { observability })
  await fetch(`http://${path.host}:${path.port}/a?b=c`, { headers: path.headers })
  await path.wrote('asked for /a?b=c\n')
})
