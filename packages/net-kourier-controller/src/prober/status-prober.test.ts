import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { kourierIngress, rule, split } from '../testing/objects.ts'
import type { ProbeVerdict } from './http-probe.ts'
import { StatusProber } from './status-prober.ts'

const paths = [{ splits: [split('a')] }]
const ingress = kourierIngress('i', [rule('one.test', paths), rule('two.test', paths)])
const changed = kourierIngress('i', [rule('three.test', paths)])

function harness(gateways = ['10.0.0.1', '10.0.0.2']) {
  const clock = new ManualClock(0)
  const probes: string[] = []
  const ready: string[] = []
  const verdicts = new Map<string, ProbeVerdict>()
  let running = 0
  let mostRunning = 0
  const prober = new StatusProber({
    clock,
    gatewayAddresses: () => gateways,
    probe: async (target, address) => {
      const id = `${address} ${target.host}`
      probes.push(id)
      mostRunning = Math.max(mostRunning, ++running)
      await Promise.resolve()
      running--
      return verdicts.get(id) ?? 'success'
    },
    onReady: (key) => ready.push(key),
  })
  return { clock, probes, ready, verdicts, prober, gateways, mostRunning: () => mostRunning }
}

describe('StatusProber', () => {
  test('an Ingress is ready when every gateway answered for every host', async () => {
    const { clock, prober, probes, ready } = harness()
    expect(prober.isReady(ingress)).toBe(false)
    expect(probes).toEqual([])
    await clock.advance(20)
    expect(probes.sort()).toEqual([
      '10.0.0.1 one.test',
      '10.0.0.1 two.test',
      '10.0.0.2 one.test',
      '10.0.0.2 two.test',
    ])
    expect(ready).toEqual(['default/i'])
    expect(prober.isReady(ingress)).toBe(true)
    await clock.advance(60_000)
    expect(probes).toHaveLength(4)
  })

  test('asks again with growing pauses while one gateway lags', async () => {
    const { clock, prober, probes, ready, verdicts } = harness(['a'])
    verdicts.set('a one.test', 'retry')
    prober.isReady(ingress)
    await clock.advance(20)
    for (const pause of [50, 100, 200]) {
      probes.length = 0
      await clock.advance(pause - 1)
      expect(probes).toEqual([])
      await clock.advance(1)
      expect(probes).toEqual(['a one.test'])
    }
    expect(prober.isReady(ingress)).toBe(false)
    verdicts.clear()
    await clock.advance(400)
    expect(ready).toEqual(['default/i'])
  })

  test('a new version replaces the probing of the old one', async () => {
    const { clock, prober, probes, ready, verdicts } = harness(['a'])
    verdicts.set('a one.test', 'retry')
    prober.isReady(ingress)
    await clock.advance(20)
    expect(prober.isReady(changed)).toBe(false)
    probes.length = 0
    await clock.advance(60_000)
    expect(probes).toEqual(['a three.test'])
    expect(ready).toEqual(['default/i'])
    expect(prober.isReady(changed)).toBe(true)
    expect(prober.isReady(ingress)).toBe(false)
  })

  test('a gateway that goes away holds nobody up', async () => {
    const { clock, prober, probes, ready, verdicts } = harness()
    verdicts.set('10.0.0.2 one.test', 'retry')
    prober.isReady(ingress)
    await clock.advance(20)
    expect(ready).toEqual([])
    prober.cancelGateway('10.0.0.2')
    expect(ready).toEqual(['default/i'])
    probes.length = 0
    await clock.advance(60_000)
    expect(probes).toEqual([])
  })

  test('cancelling leaves no timer', async () => {
    const { clock, prober, ready, verdicts } = harness(['a'])
    verdicts.set('a one.test', 'retry')
    prober.isReady(ingress)
    await clock.advance(20)
    prober.cancel('default/i')
    expect(clock.pendingTimers).toBe(0)
    await clock.advance(1000)
    expect(ready).toEqual([])
  })

  test('without hosts there is nothing to wait for; without gateways nothing to ask', () => {
    const { prober, gateways } = harness()
    expect(prober.isReady(kourierIngress('empty', [{ http: { paths } }]))).toBe(true)
    gateways.length = 0
    expect(() => prober.isReady(ingress)).toThrow('no gateway pods available')
    expect(prober.isReady(kourierIngress('empty', [{ http: { paths } }]))).toBe(true)
  })

  test('never more than 15 probes at a time', async () => {
    const { clock, prober, probes, mostRunning } = harness(['a'])
    const hosts = Array.from({ length: 40 }, (_, i) => `h${i}.test`)
    prober.isReady(kourierIngress('many', [{ hosts, http: { paths } }]))
    await clock.advance(20)
    expect(probes).toHaveLength(40)
    expect(mostRunning()).toBe(15)
  })
})
