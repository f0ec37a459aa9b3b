import { describe, expect, test } from '@jest/globals'
import { clusterIP, fails, passes, probedBackends, refuses } from '../testing/probed-backends.ts'
import type { ProbeAnswer } from './probe-answer.ts'

describe('cluster IP', () => {
  test.each([
    ['a mesh answers 503', refuses(503), true],
    ['a mesh answers 502', refuses(502), true],
    ['nothing answers', fails, true],
    ['the pod answers 500', refuses(500), false],
    ['the pod answers 404', refuses(404), false],
  ])('when %s', async (_, answer, tried) => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', answer)
    answers.set(clusterIP, passes)
    observe(['a'])
    await clock.settle()
    expect(probed().includes(clusterIP)).toBe(tried)
    expect(published()).toEqual(tried ? [`${clusterIP} for a`] : [])
  })

  test('is not tried when a probe passed, even one that does not make the pod usable', async () => {
    const { clock, answers, observe, probed } = probedBackends({ usePodsBeforeReady: false })
    answers.set('a', passes)
    answers.set('b', fails)
    observe([], ['a', 'b'])
    await clock.advance(1000)
    expect(probed()).not.toContain(clusterIP)
  })

  test('is not tried in the round in which the last healthy pod went, but in the next', async () => {
    const { clock, backends, answers, observe, probed, published } = probedBackends()
    answers.set('a', passes)
    observe(['a'])
    await clock.advance(20)
    answers.set('a', fails)
    answers.set(clusterIP, passes)
    probed()
    published()
    backends.podGone('a')
    await clock.advance(199)
    expect(probed()).toEqual(['a'])
    await clock.advance(1)
    expect(probed()).toEqual(['a', clusterIP])
    expect(published()).toEqual(['nothing', `${clusterIP} for a`])
  })

  test('once healthy, serves for good: pods only count', async () => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', refuses(503))
    answers.set(clusterIP, passes)
    observe(['a'])
    await clock.settle()
    probed()
    published()
    answers.set('b', passes)
    observe(['a', 'b'])
    await clock.advance(1000)
    expect(published()).toEqual([`${clusterIP} for a b`])
    expect(probed()).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })

  test('is probed anew after the revision was empty, pods are not', async () => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', refuses(503))
    answers.set(clusterIP, passes)
    observe(['a'])
    await clock.settle()
    observe([])
    probed()
    published()
    answers.set(clusterIP, refuses(503))
    observe(['a'])
    await clock.advance(199)
    expect(probed()).toEqual([clusterIP])
    answers.set(clusterIP, passes)
    await clock.advance(1)
    expect(probed()).toEqual([clusterIP])
    expect(published()).toEqual([`${clusterIP} for a`])
  })

  test('that fails leaves the pods to be probed again', async () => {
    const { clock, answers, observe, probed, published } = probedBackends()
    answers.set('a', refuses(503))
    answers.set(clusterIP, refuses(503))
    observe(['a'])
    await clock.settle()
    expect(probed()).toEqual(['a', clusterIP])
    answers.set('a', passes)
    await clock.advance(200)
    expect(probed()).toEqual(['a'])
    expect(published()).toEqual(['a'])
  })

  test('does not displace a pod that passed meanwhile', async () => {
    let answer: (answer: ProbeAnswer) => void = () => {}
    const { clock, backends, answers, observe, published } = probedBackends({
      probe: (dest) => {
        if (dest !== clusterIP) return Promise.resolve(answers.get(dest) ?? fails)
        return new Promise((resolve) => {
          answer = resolve
        })
      },
    })
    answers.set('a', refuses(503))
    observe(['a'])
    await clock.settle()
    answers.set('a', passes)
    backends.podReady('a')
    await clock.settle()
    answer(passes)
    await clock.settle()
    expect(published()).toEqual(['a'])
  })
})
