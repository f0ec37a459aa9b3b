import { Client, credentials, status } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { silentLogger } from '@knative-ts/observability'
import type { Refusal } from './ads-stream.ts'
import { Cluster } from './envoy/index.ts'
import { packResource } from './resource.ts'
import { SnapshotCache } from './snapshot-cache.ts'
import { AdsClient, accept, refuse } from './testing/index.ts'
import { XdsServer } from './xds-server.ts'

const host = '127.0.0.1'
let cache: SnapshotCache
let server: XdsServer
let refusals: Refusal[]
let address: string

beforeEach(async () => {
  cache = new SnapshotCache('test')
  refusals = []
  server = newServer()
  address = `${host}:${await server.listen(host, 0)}`
})

afterEach(() => server.close())

function newServer(): XdsServer {
  return new XdsServer({
    cache,
    clock: systemClock,
    logger: silentLogger,
    onRefusal: (refusal) => refusals.push(refusal),
  })
}

function publish(...names: string[]): void {
  cache.publish(
    'gw',
    new Map([[Cluster.typeUrl, () => names.map((name) => packResource(Cluster, name, { name }))]]),
  )
}

describe('XdsServer', () => {
  test('streams versions to a gateway and hears its refusals', async () => {
    publish('a', 'b')
    const gateway = new AdsClient(address)
    gateway.send({ node: { id: 'gw' }, typeUrl: Cluster.typeUrl })
    const first = await gateway.next()
    expect(first.resources?.map(({ value }) => Cluster.decode(value!).name)).toEqual(['a', 'b'])
    gateway.send(accept(first))
    publish('c')
    const second = await gateway.next()
    gateway.send(refuse(second, 'no such thing'))
    publish('d')
    const third = await gateway.next()
    expect(third.resources?.map(({ value }) => Cluster.decode(value!).name)).toEqual(['d'])
    expect(refusals).toMatchObject([{ nodeId: 'gw', message: 'no such thing' }])
    gateway.close()
  })

  test('answers health checks of any service', async () => {
    const client = new Client(address, credentials.createInsecure())
    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      client.makeUnaryRequest(
        '/grpc.health.v1.Health/Check',
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        Buffer.from([0x0a, 1, 0x78]),
        (error, value) => (error ? reject(error) : resolve(value)),
      )
    })
    expect(answer).toEqual(Buffer.from([0x08, 1]))
    client.close()
  })

  test('a stream that sends rubbish ends, others live on', async () => {
    publish('a')
    const good = new AdsClient(address)
    const client = new Client(address, credentials.createInsecure())
    const bad = client.makeBidiStreamRequest(
      '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
    )
    const ended = new Promise<number>((resolve) =>
      bad.on('error', (error: { code?: number }) => resolve(error.code ?? -1)),
    )
    bad.on('data', () => {})
    bad.write(Buffer.from([0xff]))
    expect(await ended).toBe(status.INTERNAL)
    client.close()
    good.send({ node: { id: 'gw' }, typeUrl: Cluster.typeUrl })
    expect((await good.next()).resources).toHaveLength(1)
    good.close()
  })

  test('closing tells gateways to look for another replica', async () => {
    publish('a')
    const gateway = new AdsClient(address)
    gateway.send({ node: { id: 'gw' }, typeUrl: Cluster.typeUrl })
    await gateway.next()
    await server.close()
    expect(await gateway.ended).toBe(status.UNAVAILABLE)
    gateway.close()
  })

  test('a port in use is refused with the cure', async () => {
    const second = newServer()
    await expect(second.listen(host, Number(address.split(':')[1]))).rejects.toMatchObject({
      code: 'XDS_LISTEN',
      message: expect.stringContaining('free the port'),
    })
    await second.close()
  })
})
