import { expect, test } from '@jest/globals'
import { ingresses, revisions, routes, services } from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import fc from 'fast-check'
import { conditionTexts } from './testing/conditions.ts'
import { RunningProcess } from './testing/running-process.ts'
import { testService } from './testing/serving-objects.ts'

const faults = {
  none: undefined,
  conflict: () => new ApiError('Conflict', 'lost a race', { status: 409 }),
  refused: () => new ApiError('InternalError', 'etcd has no leader', { status: 500 }),
  unreachable: () => new ApiError('Unreachable', 'connection reset'),
}
const writes = new Set(['create', 'update', 'update-status', 'patch', 'delete'])
const notOurs = new Set(['leases', 'events'])

test('whichever writes fail, a Service becomes ready, follows its next revision, and all comes to rest', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])), { maxLength: 60 }),
      async (plan) => {
        const running = await RunningProcess.start()
        const { client, clock, process } = running
        const open = [...plan]
        client.intercept(({ verb, resource }) => {
          if (!writes.has(verb) || notOurs.has(resource)) return
          const error = faults[open.shift() ?? 'none']?.()
          if (error) throw error
        })
        const settle = async (revision: string): Promise<void> => {
          for (let i = 0; i < 12; i++) {
            running.reportReady(revisions, revision)
            running.reportReady(ingresses, 'hello')
            await clock.advance(5000)
          }
        }
        client.seed(services, testService('hello'))
        await settle('hello-00001')
        expect(conditionTexts(client.peek(services, 'default', 'hello')?.status)).toEqual({
          ConfigurationsReady: 'True',
          Ready: 'True',
          RoutesReady: 'True',
        })

        const next = client.peek(services, 'default', 'hello')!
        next.spec.template.spec.containers[0]!.image = 'dev.local/next'
        next.metadata.generation = 2
        open.push(...plan)
        client.replace(services, next)
        await settle('hello-00002')
        const after = client.peek(services, 'default', 'hello')
        expect(after?.status).toMatchObject({
          observedGeneration: 2,
          latestReadyRevisionName: 'hello-00002',
          traffic: [{ revisionName: 'hello-00002', percent: 100 }],
        })
        expect(conditionTexts(after?.status)['Ready']).toBe('True')
        const states = client
          .peekAll(revisions)
          .map(({ metadata }) => [metadata.name, metadata.labels?.['serving.knative.dev/routingState']])
        expect(Object.fromEntries(states)).toEqual({ 'hello-00001': 'reserve', 'hello-00002': 'active' })
        expect(client.peekAll(routes)).toHaveLength(1)
        expect(process.controllers.every(({ queue }) => queue.idle)).toBe(true)
        await running.stop()
        expect(clock.pendingTimers).toBe(0)
      },
    ),
    { numRuns: 25 },
  )
})
