import { describe, expect, test } from '@jest/globals'
import { fails, passes, probedBackends, refuses } from '../testing/probed-backends.ts'

describe('pushed readiness', () => {
  test('brings a pod in before Endpoints knows it', async () => {
    const { clock, backends, answers, probed, published } = probedBackends()
    answers.set('a', passes)
    backends.podReady('a')
    await clock.settle()
    expect(published()).toEqual(['a'])
    expect(probed()).toEqual(['a'])
  })

  test('probes a pod that failed before without waiting for the next round', async () => {
    const { clock, backends, answers, observe, probed, published } = probedBackends()
    answers.set('a', refuses(503))
    observe([], ['a'])
    await clock.advance(50)
    probed()
    answers.set('a', passes)
    backends.podReady('a')
    await clock.settle()
    expect(probed()).toEqual(['a'])
    expect(published()).toEqual(['a'])
  })

  test('overtakes a probe that hangs', async () => {
    const { clock, backends, answers, observe, published } = probedBackends()
    observe([], ['a'])
    await clock.advance(50)
    answers.set('a', passes)
    backends.podReady('a')
    await clock.settle()
    expect(published()).toEqual(['a'])
  })

  test('that is false costs one failed probe', async () => {
    const { clock, backends, answers, probed, published } = probedBackends({ clusterIP: () => undefined })
    answers.set('a', fails)
    backends.podReady('a')
    await clock.advance(5000)
    expect(probed()).toEqual(['a'])
    expect(published()).toEqual(['nothing'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('of a healthy pod changes nothing', async () => {
    const { clock, backends, answers, observe, probed, published } = probedBackends()
    answers.set('a', passes)
    observe(['a'])
    await clock.settle()
    probed()
    published()
    backends.podReady('a')
    await clock.settle()
    expect(probed()).toEqual([])
    expect(published()).toEqual([])
  })

  test('is forgotten if Endpoints does not confirm it in time', async () => {
    const { clock, backends, answers, published } = probedBackends()
    answers.set('a', passes)
    backends.podReady('a')
    await clock.advance(9999)
    expect(published()).toEqual(['a'])
    await clock.advance(1)
    expect(published()).toEqual(['nothing'])
  })

  test('stands once Endpoints confirms it', async () => {
    const { clock, backends, answers, observe, probed, published } = probedBackends()
    answers.set('a', passes)
    backends.podReady('a')
    await clock.settle()
    observe([], ['a'])
    observe(['a'])
    await clock.advance(20_000)
    expect(published()).toEqual(['a'])
    expect(probed()).toEqual(['a'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('waits for Endpoints where a probe says too little', async () => {
    const { clock, backends, answers, probed } = probedBackends({ usePodsBeforeReady: false })
    answers.set('a', passes)
    backends.podReady('a')
    await clock.advance(1000)
    expect(probed()).toEqual([])
  })

  test('of departure removes a pod at once', async () => {
    const { clock, backends, answers, observe, published } = probedBackends()
    answers.set('a', passes)
    answers.set('b', passes)
    observe(['a', 'b'])
    await clock.advance(20)
    published()
    answers.set('a', refuses(503))
    backends.podGone('a')
    expect(published()).toEqual(['b'])
  })

  test('of departure that is false costs one probe', async () => {
    const { clock, backends, answers, observe, probed, published } = probedBackends()
    answers.set('a', passes)
    observe(['a'])
    await clock.advance(20)
    probed()
    published()
    backends.podGone('a')
    await clock.advance(20)
    expect(probed()).toEqual(['a'])
    expect(published()).toEqual(['nothing', 'a'])
  })
})
