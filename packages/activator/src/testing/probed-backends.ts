import { ManualClock } from '@knative-ts/clock/testing'
import type { Backends } from '../backends/backends.ts'
import type { ProbeAnswer } from '../backends/probe-answer.ts'
import { RevisionBackends, type RevisionBackendsOptions } from '../backends/revision-backends.ts'

export const clusterIP = '10.1.0.1:80'
export const passes: ProbeAnswer = { kind: 'ready' }
export const refuses = (status: number): ProbeAnswer => ({ kind: 'refused', status })
export const fails: ProbeAnswer = { kind: 'unreachable', error: 'connection refused' }

/** Each pod answers what `answers` says at the time; one that is not in there lets the probe time out. */
export function probedBackends(options: Partial<RevisionBackendsOptions> = {}) {
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
