import { describe, expect, test } from '@jest/globals'
import { type Configuration, configurations, type Revision, revisions } from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import type { FakeKubeClient, Interceptor } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { done } from '@knative-ts/reconciler'
import { existing, runTableRow } from '@knative-ts/reconciler/testing'
import { indexRevisionsByConfiguration } from '../revision-indexes.ts'
import { testConfig } from '../testing/config.ts'
import { readyConfiguration, testConfiguration } from '../testing/serving-objects.ts'
import { RevisionCollector } from './gc.ts'
import { agedRevision } from './testing/aged-revision.ts'

const nowMs = Date.UTC(2026, 4, 1, 12)
const hourMs = 3_600_000

/** Whatever is in reserve for ten hours goes, and of the rest all but two. */
const policy = {
  'retain-since-create-time': 'disabled',
  'retain-since-last-active-time': '10h',
  'min-non-active-revisions': '0',
  'max-non-active-revisions': '2',
}

interface World {
  configuration?: Configuration
  revisions?: Revision[]
  gc?: Record<string, string>
  fault?: (request: Parameters<Interceptor>[0], client: FakeKubeClient) => void
}

async function run({ configuration, revisions: world = [], gc = policy, fault }: World) {
  const errors: unknown[] = []
  const row = {
    key: 'default/foo',
    nowMs,
    world: [
      ...(configuration ? [existing(configurations, configuration)] : []),
      ...world.map((object) => existing(revisions, object)),
    ],
  }
  const result = await runTableRow(row, ({ client, clock, informers }) => {
    if (fault) client.intercept((request) => fault(request, client))
    const revisionInformer = informers.informer(revisions)
    indexRevisionsByConfiguration(revisionInformer)
    return new RevisionCollector({
      client,
      clock,
      logger: { ...silentLogger, error: (_, fields) => errors.push(fields?.['revision']) },
      configurations: informers.informer(configurations).lister,
      revisions: revisionInformer.lister,
      policy: () => testConfig({ gc }).gc,
    })
  })
  const verbs = result.writes.map(({ verb, resource, name }) => `${verb} ${resource}/${name}`)
  return { ...result, verbs, errors }
}

const foo = testConfiguration('foo', readyConfiguration('foo-00009'))

/** In reserve for so many hours. */
const retired = (name: string, hours: number, change?: (revision: Revision) => void): Revision =>
  agedRevision(name, { createdMs: nowMs - 99 * hourMs, usedMs: nowMs - hours * hourMs }, change)

const refusing =
  (error: ApiError, name = 'foo-00001'): World['fault'] =>
  (request) => {
    if (request.verb === 'delete' && request.name === name) throw error
  }

describe('Revision garbage collector', () => {
  test('deletes what is stale and comes back when the next is', async () => {
    const { verbs, events, outcome } = await run({
      configuration: foo,
      revisions: [retired('foo-00003', 4), retired('foo-00001', 10), retired('foo-00002', 12)],
    })
    expect(verbs).toEqual(['delete revisions/foo-00002', 'delete revisions/foo-00001'])
    expect(events).toEqual([])
    expect(outcome).toEqual({ kind: 'again-after', delayMs: 6 * hourMs })
  })

  test('deletes what is too much and rests if time changes nothing', async () => {
    const { verbs, outcome } = await run({
      configuration: foo,
      revisions: [retired('foo-00003', 3), retired('foo-00001', 1), retired('foo-00002', 2)],
      gc: { ...policy, 'retain-since-last-active-time': 'disabled' },
    })
    expect(verbs).toEqual(['delete revisions/foo-00003'])
    expect(outcome).toEqual(done)
  })

  test('looks again after ten hours at the latest', async () => {
    const { outcome } = await run({
      configuration: foo,
      revisions: [retired('foo-00001', 1)],
      gc: { ...policy, 'retain-since-last-active-time': '2000000h' },
    })
    expect(outcome).toEqual({ kind: 'again-after', delayMs: 10 * hourMs })
  })

  test('leaves the revisions of others alone', async () => {
    const ofAnother = retired('bar-00001', 99, ({ metadata }) => {
      metadata.labels = { ...metadata.labels, 'serving.knative.dev/configuration': 'bar' }
    })
    const elsewhere = retired('foo-00001', 99, ({ metadata }) => {
      metadata.namespace = 'elsewhere'
    })
    const { verbs, outcome } = await run({ configuration: foo, revisions: [ofAnother, elsewhere] })
    expect(verbs).toEqual([])
    expect(outcome).toEqual(done)
  })

  test.each<[string, Configuration | undefined]>([
    ['is gone', undefined],
    [
      'is being deleted',
      testConfiguration('foo', ({ metadata }) => {
        metadata.deletionTimestamp = '2026-05-01T11:00:00Z'
      }),
    ],
  ])('does nothing once the Configuration %s', async (_, configuration) => {
    const { verbs, outcome } = await run({ configuration, revisions: [retired('foo-00001', 99)] })
    expect(verbs).toEqual([])
    expect(outcome).toEqual(done)
  })

  test('spares a revision that a Route takes up at the same moment', async () => {
    const { client, verbs, outcome, errors } = await run({
      configuration: foo,
      revisions: [retired('foo-00001', 99)],
      fault: ({ verb }, client) => {
        const revision = client.peek(revisions, 'default', 'foo-00001')
        if (verb !== 'delete' || !revision) return
        revision.metadata.labels = {
          ...revision.metadata.labels,
          'serving.knative.dev/routingState': 'active',
        }
        client.replace(revisions, revision)
      },
    })
    expect(verbs).toEqual([])
    expect(client.peek(revisions, 'default', 'foo-00001')).toBeDefined()
    expect(outcome).toEqual(done)
    expect(errors).toEqual([])
  })

  test('spares a revision that was made anew under the same name', async () => {
    const { verbs, outcome } = await run({
      configuration: foo,
      revisions: [retired('foo-00001', 99)],
      fault: ({ verb }, client) => {
        if (verb !== 'delete') return
        client.remove(revisions, 'default', 'foo-00001')
        client.seed(
          revisions,
          retired('foo-00001', 0, ({ metadata }) => {
            metadata.uid = 'another'
          }),
        )
      },
    })
    expect(verbs).toEqual([])
    expect(outcome).toEqual(done)
  })

  test('does not mind that a revision is gone already', async () => {
    const { verbs, outcome, errors } = await run({
      configuration: foo,
      revisions: [retired('foo-00001', 99), retired('foo-00002', 98)],
      fault: ({ verb, name }, client) => {
        if (verb === 'delete') client.remove(revisions, 'default', name === 'foo-00001' ? name : '')
      },
    })
    expect(verbs).toEqual(['delete revisions/foo-00002'])
    expect(outcome).toEqual(done)
    expect(errors).toEqual([])
  })

  test('takes no other revision for one that can not be deleted, and tries it again', async () => {
    const { verbs, outcome, events, errors } = await run({
      configuration: foo,
      revisions: ['1', '2', '3', '4'].map((n) => retired(`foo-0000${n}`, 9 - Number(n))),
      fault: refusing(new ApiError('Forbidden', 'not today', { status: 403 })),
    })
    expect(verbs).toEqual(['delete revisions/foo-00002'])
    expect(outcome).toMatchObject({ kind: 'retry', error: { code: 'Forbidden' } })
    expect(errors).toEqual(['default/foo-00001'])
    expect(events).toEqual([])
  })
})
