import { describe, expect, test } from '@jest/globals'
import { clusterIP, passes, probedBackends, refuses } from '../testing/probed-backends.ts'

describe('pods', () => {
  test('are published when they pass their probe and then left alone', async () => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', passes)
    observe(['a'])
    await clock.settle()
    expect(published()).toEqual(['a'])
    await clock.advance(1000)
    expect(probed()).toEqual(['a'])
    observe(['a'])
    await clock.advance(1000)
    expect(probed()).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })

  test('are probed each 200 ms until they pass', async () => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', refuses(503))
    answers.set('b', refuses(500))
    observe([], ['a', 'b'])
    await clock.settle()
    expect(probed()).toEqual(['a', 'b'])
    await clock.advance(199)
    expect(probed()).toEqual([])
    answers.set('b', passes)
    await clock.advance(1)
    expect(probed()).toEqual(['a', 'b'])
    expect(published()).toEqual(['b'])
  })

  test('that do not answer within 300 ms count as failed, and are asked again at once', async () => {
    const { clock, observe, probed } = probedBackends({ clusterIP: () => undefined })
    observe([], ['a'])
    await clock.advance(299)
    expect(probed()).toEqual(['a'])
    await clock.advance(1)
    expect(probed()).toEqual(['a'])
  })

  test('don’t wait for one another', async () => {
    const { clock, answers, observe, published } = probedBackends()
    answers.set('b', passes)
    observe([], ['a', 'b'])
    await clock.settle()
    expect(published()).toEqual(['b'])
  })

  test('that appear while another hangs are probed at once', async () => {
    const { clock, answers, observe, published } = probedBackends()
    observe([], ['a'])
    await clock.advance(100)
    answers.set('b', passes)
    observe([], ['a', 'b'])
    await clock.settle()
    expect(published()).toEqual(['b'])
  })

  test('that turn from ready to not ready are dropped and probed again', async () => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', passes)
    answers.set('b', passes)
    observe(['a', 'b'])
    await clock.advance(20)
    probed()
    published()
    answers.set('a', refuses(503))
    observe(['b'], ['a'])
    await clock.settle()
    expect(published()).toEqual(['b'])
    expect(probed()).toEqual(['a'])
  })

  test('that never were ready stay healthy while listed as not ready', async () => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', passes)
    observe([], ['a'])
    await clock.advance(20)
    observe([], ['a'])
    await clock.settle()
    expect(published()).toEqual(['a'])
    expect(probed()).toEqual(['a'])
  })

  test('that left are dropped, and an empty revision is published as nothing', async () => {
    const { clock, answers, observe, published } = probedBackends()
    answers.set('a', passes)
    answers.set('b', passes)
    observe(['a', 'b'])
    await clock.advance(20)
    published()
    observe(['a'])
    await clock.advance(20)
    expect(published()).toEqual(['a'])
    observe([])
    expect(published()).toEqual(['nothing'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('that pass are held back until ready where a probe says too little', async () => {
    const { clock, answers, observe, published } = probedBackends({ usePodsBeforeReady: false })
    answers.set('a', passes)
    observe([], ['a'])
    await clock.advance(1000)
    expect(published()).toEqual([])
    observe(['a'])
    await clock.settle()
    expect(published()).toEqual(['a'])
  })

  test('that pass together are published in few updates', async () => {
    const { clock, answers, observe, published } = probedBackends()
    const names = Array.from({ length: 50 }, (_, index) => `pod-${index + 10}`)
    for (const name of names) answers.set(name, passes)
    observe(names)
    await clock.advance(10)
    expect(published()).toEqual([names[0], names.join(' ')])
  })

  test('are never probed after close', async () => {
    const { clock, backends, observe, probed, published } = probedBackends()
    observe([], ['a'])
    backends.close()
    observe(['b'])
    backends.podReady('c')
    await clock.advance(1000)
    expect(probed()).toEqual(['a'])
    expect(published()).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('mesh modes', () => {
  test('disabled: ready pods are trusted, others probed, the cluster IP never used', async () => {
    const { clock, answers, observe, probed, published } = probedBackends({ meshMode: 'disabled' })
    answers.set('b', refuses(503))
    answers.set(clusterIP, passes)
    observe(['a'], ['b'])
    await clock.settle()
    expect(published()).toEqual(['a'])
    expect(probed()).toEqual(['b'])
    observe([], ['b'])
    await clock.advance(1000)
    expect(probed()).not.toContain(clusterIP)
  })

  test('enabled: only the cluster IP is used', async () => {
    const { clock, answers, observe, probed, published } = probedBackends({ meshMode: 'enabled' })
    answers.set('a', passes)
    answers.set(clusterIP, passes)
    observe(['a'], ['b'])
    await clock.settle()
    expect(probed()).toEqual([clusterIP])
    expect(published()).toEqual([`${clusterIP} for a`])
  })

  test('pod addressability: the cluster IP is never used', async () => {
    const { clock, answers, observe, probed, published } = probedBackends({ podAddressability: true })
    answers.set('a', refuses(503))
    answers.set(clusterIP, passes)
    observe(['a'])
    await clock.advance(1000)
    expect(probed()).not.toContain(clusterIP)
    expect(published()).toEqual([])
  })

  test('pod addressability where a mesh is said to be: ready pods are trusted', async () => {
    const { clock, observe, probed, published } = probedBackends({
      podAddressability: true,
      meshMode: 'enabled',
    })
    observe(['a'])
    await clock.advance(1000)
    expect(probed()).toEqual([])
    expect(published()).toEqual(['a'])
  })
})
