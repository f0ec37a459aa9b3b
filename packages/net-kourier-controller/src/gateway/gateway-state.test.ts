import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import {
  Cluster,
  Listener,
  packResource,
  RouteConfiguration,
  SnapshotCache,
  VirtualHost,
} from '@knative-ts/xds'
import { parseKourierConfig } from '../config/kourier-config.ts'
import { gatewayNodeId } from '../envoy/names.ts'
import type { Translation } from '../ingress/translation.ts'
import { GatewayState } from './gateway-state.ts'

const pair = { certificate: Buffer.from('c'), privateKey: Buffer.from('k') }

function translation(key: string, host: string, clusters: string[], secret?: string): Translation {
  const virtualHosts = [VirtualHost.encode({ name: host, domains: [host] })]
  return {
    key,
    hosts: [host],
    clusters: clusters.map((name) => packResource(Cluster, name, { name })),
    virtualHosts: { external: virtualHosts, internal: virtualHosts, externalTLS: [], internalTLS: [] },
    externalSni: secret ? [{ ...pair, hosts: [host], secret }] : [],
    internalSni: [],
  }
}

function harness() {
  const clock = new ManualClock(0)
  const cache = new SnapshotCache('t')
  const state = new GatewayState({ cache, clock, config: parseKourierConfig({}) })
  state.publishAll()
  const names = (typeUrl: string) => cache.resources(gatewayNodeId, typeUrl).map(({ name }) => name)
  const hosts = () => {
    const external = cache.resources(gatewayNodeId, RouteConfiguration.typeUrl)[0]!
    const { virtualHosts = [] } = RouteConfiguration.decode(external.value)
    return virtualHosts.map((bytes) => VirtualHost.decode(bytes).name)
  }
  /** Types whose version an action changes. */
  const changes = (action: () => void) => {
    const types = { Cluster, Listener, RouteConfiguration }
    const versions = () => Object.values(types).map(({ typeUrl }) => cache.version(gatewayNodeId, typeUrl))
    const before = versions()
    action()
    return Object.keys(types).filter((_, i) => versions()[i] !== before[i])
  }
  return { clock, state, names, hosts, changes }
}

describe('GatewayState', () => {
  test('announces only the types that differ', () => {
    const { state, changes } = harness()
    expect(changes(() => state.apply(translation('ns/a', 'a', ['c'])))).toEqual([
      'Cluster',
      'RouteConfiguration',
    ])
    expect(changes(() => state.apply(translation('ns/a', 'a', ['c'])))).toEqual([])
    expect(changes(() => state.apply(translation('ns/a', 'a2', ['c'])))).toEqual(['RouteConfiguration'])
    expect(changes(() => state.apply(translation('ns/a', 'a2', ['d'])))).toEqual(['Cluster'])
    expect(changes(() => state.apply(translation('ns/b', 'b', ['d'])))).toEqual(['RouteConfiguration'])
    expect(changes(() => state.apply(translation('ns/b', 'b', ['d'], 'ns/s')))).toEqual([
      'Listener',
      'RouteConfiguration',
    ])
    expect(changes(() => state.remove('ns/b'))).toEqual(['Listener', 'RouteConfiguration'])
    expect(changes(() => state.remove('ns/b'))).toEqual([])
  })

  test('a cluster outlives its last use by 15 s', async () => {
    const { clock, state, names } = harness()
    state.apply(translation('ns/a', 'a', ['old']))
    state.apply(translation('ns/a', 'a', ['new']))
    expect(names(Cluster.typeUrl)).toEqual(['old', 'new'])
    await clock.advance(14_999)
    expect(names(Cluster.typeUrl)).toEqual(['old', 'new'])
    await clock.advance(1)
    expect(names(Cluster.typeUrl)).toEqual(['new'])
    state.remove('ns/a')
    await clock.advance(15_000)
    expect(names(Cluster.typeUrl)).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })

  test('a cluster used again, or by another, stays', async () => {
    const { clock, state, names } = harness()
    state.apply(translation('ns/a', 'a', ['x', 'y']))
    state.apply(translation('ns/b', 'b', ['x']))
    state.apply(translation('ns/a', 'a', []))
    await clock.advance(10_000)
    state.apply(translation('ns/a', 'a', ['y']))
    await clock.advance(60_000)
    expect(names(Cluster.typeUrl).sort()).toEqual(['x', 'y'])
  })

  test('a host belongs to whoever came first; the other serves nothing', () => {
    const { state, hosts } = harness()
    state.apply(translation('ns/a', 'a', []))
    state.apply(translation('ns/b', 'b', []))
    expect(() => state.apply(translation('ns/b', 'a', []))).toThrow('host a is held by Ingress ns/a')
    expect(hosts()).toEqual(['a'])
    state.remove('ns/a')
    state.apply(translation('ns/b', 'a', []))
    expect(hosts()).toEqual(['a'])
    expect(() => state.apply(translation('ns/c', 'internalkourier', []))).toThrow(
      'held by the gateway itself',
    )
  })

  test('a host that an Ingress gives up is free at once', () => {
    const { state, hosts } = harness()
    state.apply(translation('ns/a', 'a', []))
    state.apply(translation('ns/a', 'a2', []))
    state.apply(translation('ns/b', 'a', []))
    expect(hosts()).toEqual(['a2', 'a'])
  })

  test('the last of equal Ingresses says how a shared cluster looks, also while another retires it', async () => {
    const { clock, state, names } = harness()
    const shared = (key: string, connectTimeout: string) => ({
      ...translation(key, key, []),
      clusters: [packResource(Cluster, 'x', { name: 'x', connectTimeout })],
    })
    state.apply(shared('ns/a', '1s'))
    state.apply(shared('ns/b', '2s'))
    state.remove('ns/b')
    await clock.advance(20_000)
    expect(names(Cluster.typeUrl)).toEqual(['x'])
  })

  test('close leaves no timer', () => {
    const { clock, state } = harness()
    state.apply(translation('ns/a', 'a', ['x']))
    state.remove('ns/a')
    state.close()
    expect(clock.pendingTimers).toBe(0)
  })
})
