import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { AdsStream, type Refusal } from './ads-stream.ts'
import {
  Cluster,
  ClusterLoadAssignment,
  DiscoveryResponse,
  Listener,
  type DiscoveryResponse as Response,
  RouteConfiguration,
  VirtualHost,
} from './envoy/index.ts'
import { type PackedResource, packResource } from './resource.ts'
import { SnapshotCache } from './snapshot-cache.ts'
import { accept, refuse } from './testing/index.ts'

const node = { id: 'gateway' }

function cluster(name: string): PackedResource {
  return packResource(Cluster, name, { name })
}

function routes(name: string, ...hosts: string[]): PackedResource {
  return packResource(RouteConfiguration, name, {
    name,
    virtualHosts: hosts.map((host) => VirtualHost.encode({ name: host })),
  })
}

function listener(name: string): PackedResource {
  return packResource(Listener, name, { name })
}

function harness() {
  const clock = new ManualClock(0)
  const cache = new SnapshotCache('v')
  const sent: Response[] = []
  const refusals: Refusal[] = []
  const stream = new AdsStream({
    cache,
    clock,
    send: (bytes) => sent.push(DiscoveryResponse.decode(bytes)),
    onRefusal: (refusal) => refusals.push(refusal),
    onPush: () => {},
  })
  const publish = (...resources: PackedResource[]) => {
    const types = Map.groupBy(resources, ({ typeUrl }) => typeUrl)
    cache.publish(node.id, new Map([...types].map(([typeUrl, list]) => [typeUrl, () => list])))
  }
  const last = () => sent.at(-1)!
  return { clock, cache, sent, refusals, stream, publish, last }
}

function shortTypes(responses: Response[]): string[] {
  return responses.map(({ typeUrl = '' }) => typeUrl.slice(typeUrl.lastIndexOf('.') + 1))
}

describe('AdsStream', () => {
  test('says nothing to a node nobody published for, and answers when someone does', () => {
    const { stream, sent, publish } = harness()
    stream.receive({ node, typeUrl: Cluster.typeUrl })
    expect(sent).toEqual([])
    publish(cluster('a'))
    expect(sent).toMatchObject([
      { versionInfo: 'v.1', nonce: '1', resources: [{ typeUrl: Cluster.typeUrl }] },
    ])
  })

  test('sends clusters, then listeners, then routes, each after the one before was accepted', () => {
    const { stream, sent, publish, last } = harness()
    publish(routes('r'), listener('l'), cluster('c'))
    stream.receive({ node, typeUrl: RouteConfiguration.typeUrl, resourceNames: ['r'] })
    stream.receive(accept(last(), ['r']))
    stream.receive({ typeUrl: Listener.typeUrl })
    stream.receive(accept(last()))
    stream.receive({ typeUrl: Cluster.typeUrl })
    stream.receive(accept(last()))
    sent.length = 0

    publish(routes('r', 'host'), listener('l2'), cluster('c2'))
    expect(shortTypes(sent)).toEqual(['Cluster'])
    stream.receive(accept(last()))
    expect(shortTypes(sent)).toEqual(['Cluster', 'Listener'])
    stream.receive(accept(last()))
    expect(shortTypes(sent)).toEqual(['Cluster', 'Listener', 'RouteConfiguration'])
  })

  test('endpoints do not wait for the clusters that wait for them', () => {
    const { stream, sent, publish } = harness()
    publish(cluster('c'), packResource(ClusterLoadAssignment, 'c', { clusterName: 'c' }))
    stream.receive({ node, typeUrl: Cluster.typeUrl })
    stream.receive({ typeUrl: ClusterLoadAssignment.typeUrl, resourceNames: ['c'] })
    expect(shortTypes(sent)).toEqual(['Cluster', 'ClusterLoadAssignment'])
  })

  test('only the type that changed is sent again', () => {
    const { stream, sent, publish, last } = harness()
    publish(cluster('c'), routes('r'))
    stream.receive({ node, typeUrl: Cluster.typeUrl })
    stream.receive(accept(last()))
    stream.receive({ typeUrl: RouteConfiguration.typeUrl, resourceNames: ['r'] })
    stream.receive(accept(last(), ['r']))
    sent.length = 0
    publish(routes('r', 'new'))
    expect(shortTypes(sent)).toEqual(['RouteConfiguration'])
  })

  test('merges what is published while the gateway is busy, building only what is sent', () => {
    const { cache, stream, sent, last } = harness()
    const built: number[] = []
    const put = (n: number) =>
      cache.publish(
        node.id,
        new Map([
          [
            Cluster.typeUrl,
            () => {
              built.push(n)
              return [cluster(`c${n}`)]
            },
          ],
        ]),
      )
    put(1)
    stream.receive({ node, typeUrl: Cluster.typeUrl })
    for (let n = 2; n <= 50; n++) put(n)
    stream.receive(accept(last()))
    expect(built).toEqual([1, 50])
    expect(sent.map(({ versionInfo }) => versionInfo)).toEqual(['v.1', 'v.50'])
    stream.receive(accept(last()))
    expect(sent).toHaveLength(2)
  })

  test('ignores an answer to anything but the latest response', () => {
    const { stream, sent, publish, last } = harness()
    publish(cluster('a'))
    stream.receive({ node, typeUrl: Cluster.typeUrl })
    const first = last()
    stream.receive(accept(first))
    publish(cluster('b'))
    publish(cluster('c'))
    stream.receive(accept(first))
    expect(sent).toHaveLength(2)
    stream.receive(accept(last()))
    expect(sent).toHaveLength(3)
  })

  test('serves the named resources and answers when more are named', () => {
    const { stream, sent, publish, last } = harness()
    publish(routes('external'), routes('internal'))
    stream.receive({ node, typeUrl: RouteConfiguration.typeUrl, resourceNames: ['external'] })
    expect(last().resources).toHaveLength(1)
    stream.receive(accept(last(), ['external', 'internal']))
    expect(last().resources).toHaveLength(2)
    stream.receive(accept(last(), ['internal', 'external']))
    expect(sent).toHaveLength(2)
  })

  test('reports a refusal and offers the version again with growing pauses', async () => {
    const { clock, stream, sent, refusals, publish, last } = harness()
    publish(routes('r'))
    stream.receive({ node, typeUrl: RouteConfiguration.typeUrl, resourceNames: ['r'] })
    for (const [pause, count] of [
      [100, 2],
      [200, 3],
      [400, 4],
    ] as const) {
      stream.receive(refuse(last(), "route: unknown weighted cluster 'ns/a'", ['r']))
      await clock.advance(pause - 1)
      expect(sent).toHaveLength(count - 1)
      await clock.advance(1)
      expect(sent).toHaveLength(count)
    }
    expect(refusals).toHaveLength(3)
    expect(refusals[0]).toEqual({
      nodeId: 'gateway',
      typeUrl: RouteConfiguration.typeUrl,
      version: 'v.1',
      message: "route: unknown weighted cluster 'ns/a'",
    })
  })

  test('a newer version replaces a refused one at once', async () => {
    const { clock, stream, sent, publish, last } = harness()
    publish(routes('r', 'bad'))
    stream.receive({ node, typeUrl: RouteConfiguration.typeUrl, resourceNames: ['r'] })
    stream.receive(refuse(last(), 'no', ['r']))
    publish(routes('r', 'good'))
    expect(last().versionInfo).toBe('v.2')
    stream.receive(accept(last(), ['r']))
    await clock.advance(60_000)
    expect(sent).toHaveLength(2)
  })

  test('a refusal of clusters does not hold back routes', () => {
    const { stream, publish, last } = harness()
    publish(cluster('c'), routes('r'))
    stream.receive({ node, typeUrl: Cluster.typeUrl })
    stream.receive(refuse(last(), 'bad cluster'))
    stream.receive({ typeUrl: RouteConfiguration.typeUrl, resourceNames: ['r'] })
    expect(last().typeUrl).toBe(RouteConfiguration.typeUrl)
  })

  test('leaves no timer or watch behind', () => {
    const { clock, stream, sent, publish, last } = harness()
    publish(cluster('c'))
    stream.receive({ node, typeUrl: Cluster.typeUrl })
    stream.receive(refuse(last(), 'bad'))
    stream.close()
    expect(clock.pendingTimers).toBe(0)
    publish(cluster('d'))
    expect(sent).toHaveLength(1)
  })
})
