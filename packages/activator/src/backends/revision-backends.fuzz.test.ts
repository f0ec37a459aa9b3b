import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { passes, probedBackends, refuses } from '../testing/probed-backends.ts'
import { type Backends, noBackends } from './backends.ts'

const pod = fc.constantFrom('a', 'b', 'c', 'd')
/** Of a pod that lives but is not ready; it never looks like a mesh. */
const notReadyStatus = 500

type Step =
  | { readonly do: 'list'; readonly ready: string[]; readonly notReady: string[] }
  | { readonly do: 'push' | 'retract' | 'fall ill' | 'recover'; readonly pod: string }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('list' as const), ready: fc.uniqueArray(pod), notReady: fc.uniqueArray(pod) }),
  fc.record({
    do: fc.constantFrom('push' as const, 'retract' as const, 'fall ill' as const, 'recover' as const),
    pod,
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 150, 200, 700) }),
)

test('whatever happens, what is published are pods that passed a probe, and in the end all that do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const ill = new Set<string>(['a', 'c'])
      const passed = new Set<string>()
      let published: Backends = noBackends
      const { clock, backends, observe } = probedBackends({
        probe: async (dest) => {
          if (ill.has(dest)) return refuses(notReadyStatus)
          passed.add(dest)
          return passes
        },
        clusterIP: () => undefined,
        publish: (update) => {
          published = update
        },
      })
      let listed: string[] = []
      for (const action of steps) {
        if (action.do === 'list') {
          const notReady = action.notReady.filter((dest) => !action.ready.includes(dest))
          listed = [...action.ready, ...notReady]
          observe(action.ready, notReady)
        } else if (action.do === 'push') backends.podReady(action.pod)
        else if (action.do === 'retract') backends.podGone(action.pod)
        else if (action.do === 'fall ill') ill.add(action.pod)
        else if (action.do === 'recover') ill.delete(action.pod)
        else if (action.do === 'wait') await clock.advance(action.ms)
        expect([...published.pods].filter((dest) => !passed.has(dest))).toEqual([])
      }
      ill.clear()
      await clock.advance(11_000)
      expect([...published.pods].sort()).toEqual([...listed].sort())
      expect(clock.pendingTimers).toBe(0)
      observe([])
      expect(published.pods.size).toBe(0)
    }),
    { numRuns: 60 },
  )
})
