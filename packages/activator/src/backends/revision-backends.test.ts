import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Backends } from './backends.ts'
import type { ProbeAnswer } from './probe-answer.ts'
import { RevisionBackends, type RevisionBackendsOptions } from './revision-backends.ts'

const clusterIP = '10.1.0.1:80'
const passes: ProbeAnswer = { kind: 'ready' }
const refuses = (status: number): ProbeAnswer => ({ kind: 'refused', status })
const fails: ProbeAnswer = { kind: 'unreachable', error: 'connection refused' }

/** Each pod answers what `answers` says at the time; one that is not in there lets the probe time out. */
function setup(options: Partial<RevisionBackendsOptions> = {}) {
  const clock = new ManualClock()
  const answers = new Map<string, ProbeAnswer>()
  const probed: string[] = []
  const published: string[] = []
  const backends = new RevisionBackends({
    clock,
    probe: async (dest, signal) => {
      probed.push(dest)
      const answer = answers.get(dest)
      if (answer) return answer
      await clock.sleep(300, signal).catch(() => {})
      return fails
    },
    probeFrequencyMs: 200,
    meshMode: 'auto',
    podAddressability: false,
    usePodsBeforeReady: true,
    clusterIP: () => clusterIP,
    publish: (update) => published.push(describeBackends(update)),
    ...options,
  })
  return {
    clock,
    backends,
    answers,
    observe: (ready: string[], notReady: string[] = []) =>
      backends.observe({ ready: new Set(ready), notReady: new Set(notReady) }),
    probed: () => probed.splice(0),
    published: () => published.splice(0),
  }
}

function describeBackends({ clusterIP: ip, pods }: Backends): string {
  const list = [...pods].sort().join(' ')
  return ip ? `${ip} for ${list || 'nothing'}` : list || 'nothing'
}

describe('pods', () => {
  test('are published when they pass their probe and then left alone', async () => {
    const { clock, answers, observe, probed, published } = setup()
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
    const { clock, answers, observe, probed, published } = setup()
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
    const { clock, observe, probed } = setup({ clusterIP: () => undefined })
    observe([], ['a'])
    await clock.advance(299)
    expect(probed()).toEqual(['a'])
    await clock.advance(1)
    expect(probed()).toEqual(['a'])
  })

  test('don’t wait for one another', async () => {
    const { clock, answers, observe, published } = setup()
    answers.set('b', passes)
    observe([], ['a', 'b'])
    await clock.settle()
    expect(published()).toEqual(['b'])
  })

  test('that appear while another hangs are probed at once', async () => {
    const { clock, answers, observe, published } = setup()
    observe([], ['a'])
    await clock.advance(100)
    answers.set('b', passes)
    observe([], ['a', 'b'])
    await clock.settle()
    expect(published()).toEqual(['b'])
  })

  test('that turn from ready to not ready are dropped and probed again', async () => {
    const { clock, answers, observe, probed, published } = setup()
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
    const { clock, answers, observe, probed, published } = setup()
    answers.set('a', passes)
    observe([], ['a'])
    await clock.advance(20)
    observe([], ['a'])
    await clock.settle()
    expect(published()).toEqual(['a'])
    expect(probed()).toEqual(['a'])
  })

  test('that left are dropped, and an empty revision is published as nothing', async () => {
    const { clock, answers, observe, published } = setup()
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
    const { clock, answers, observe, published } = setup({ usePodsBeforeReady: false })
    answers.set('a', passes)
    observe([], ['a'])
    await clock.advance(1000)
    expect(published()).toEqual([])
    observe(['a'])
    await clock.settle()
    expect(published()).toEqual(['a'])
  })

  test('that pass together are published in few updates', async () => {
    const { clock, answers, observe, published } = setup()
    const names = Array.from({ length: 50 }, (_, index) => `pod-${index + 10}`)
    for (const name of names) answers.set(name, passes)
    observe(names)
    await clock.advance(10)
    expect(published()).toEqual([names[0], names.join(' ')])
  })

  test('are never probed after close', async () => {
    const { clock, backends, observe, probed, published } = setup()
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

describe('pushed readiness', () => {
  test('brings a pod in before Endpoints knows it', async () => {
    const { clock, backends, answers, probed, published } = setup()
    answers.set('a', passes)
    backends.podReady('a')
    await clock.settle()
    expect(published()).toEqual(['a'])
    expect(probed()).toEqual(['a'])
  })

  test('probes a pod that failed before without waiting for the next round', async () => {
    const { clock, backends, answers, observe, probed, published } = setup()
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
    const { clock, backends, answers, observe, published } = setup()
    observe([], ['a'])
    await clock.advance(50)
    answers.set('a', passes)
    backends.podReady('a')
    await clock.settle()
    expect(published()).toEqual(['a'])
  })

  test('that is false costs one failed probe', async () => {
    const { clock, backends, answers, probed, published } = setup({ clusterIP: () => undefined })
    answers.set('a', fails)
    backends.podReady('a')
    await clock.advance(5000)
    expect(probed()).toEqual(['a'])
    expect(published()).toEqual(['nothing'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('of a healthy pod changes nothing', async () => {
    const { clock, backends, answers, observe, probed, published } = setup()
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
    const { clock, backends, answers, published } = setup()
    answers.set('a', passes)
    backends.podReady('a')
    await clock.advance(9999)
    expect(published()).toEqual(['a'])
    await clock.advance(1)
    expect(published()).toEqual(['nothing'])
  })

  test('stands once Endpoints confirms it', async () => {
    const { clock, backends, answers, observe, probed, published } = setup()
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
    const { clock, backends, answers, probed } = setup({ usePodsBeforeReady: false })
    answers.set('a', passes)
    backends.podReady('a')
    await clock.advance(1000)
    expect(probed()).toEqual([])
  })

  test('of departure removes a pod at once', async () => {
    const { clock, backends, answers, observe, published } = setup()
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
    const { clock, backends, answers, observe, probed, published } = setup()
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

describe('cluster IP', () => {
  test.each([
    ['a mesh answers 503', refuses(503), true],
    ['a mesh answers 502', refuses(502), true],
    ['nothing answers', fails, true],
    ['the pod answers 500', refuses(500), false],
    ['the pod answers 404', refuses(404), false],
  ])('when %s', async (_, answer, tried) => {
    const { clock, answers, observe, probed, published } = setup()
    answers.set('a', answer)
    answers.set(clusterIP, passes)
    observe(['a'])
    await clock.settle()
    expect(probed().includes(clusterIP)).toBe(tried)
    expect(published()).toEqual(tried ? [`${clusterIP} for a`] : [])
  })

  test('is not tried when a probe passed, even one that does not make the pod usable', async () => {
    const { clock, answers, observe, probed } = setup({ usePodsBeforeReady: false })
    answers.set('a', passes)
    answers.set('b', fails)
    observe([], ['a', 'b'])
    await clock.advance(1000)
    expect(probed()).not.toContain(clusterIP)
  })

  test('is not tried in the round in which the last healthy pod went, but in the next', async () => {
    const { clock, backends, answers, observe, probed, published } = setup()
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
    const { clock, answers, observe, probed, published } = setup()
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
    const { clock, answers, observe, probed, published } = setup()
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
    const { clock, answers, observe, probed, published } = setup()
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
    const { clock, backends, answers, observe, published } = setup({
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

describe('mesh modes', () => {
  test('disabled: ready pods are trusted, others probed, the cluster IP never used', async () => {
    const { clock, answers, observe, probed, published } = setup({ meshMode: 'disabled' })
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
    const { clock, answers, observe, probed, published } = setup({ meshMode: 'enabled' })
    answers.set('a', passes)
    answers.set(clusterIP, passes)
    observe(['a'], ['b'])
    await clock.settle()
    expect(probed()).toEqual([clusterIP])
    expect(published()).toEqual([`${clusterIP} for a`])
  })

  test('pod addressability: the cluster IP is never used', async () => {
    const { clock, answers, observe, probed, published } = setup({ podAddressability: true })
    answers.set('a', refuses(503))
    answers.set(clusterIP, passes)
    observe(['a'])
    await clock.advance(1000)
    expect(probed()).not.toContain(clusterIP)
    expect(published()).toEqual([])
  })

  test('pod addressability where a mesh is said to be: ready pods are trusted', async () => {
    const { clock, observe, probed, published } = setup({ podAddressability: true, meshMode: 'enabled' })
    observe(['a'])
    await clock.advance(1000)
    expect(probed()).toEqual([])
    expect(published()).toEqual(['a'])
  })
})
