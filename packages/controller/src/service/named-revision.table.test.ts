import { describe, expect, test } from '@jest/globals'
import { configurations, revisions, services } from '@knative-ts/apis'
import { existing } from '@knative-ts/reconciler/testing'
import {
  readyConfiguration,
  testConfiguration,
  testRevision,
  testService,
} from '../testing/serving-objects.ts'
import { ownConfiguration, runService } from './testing/run-service.ts'

describe('a Service with a revision name in its template', () => {
  const named = testService('foo', ({ spec }) => {
    spec.template.metadata = { name: 'foo-blue' }
  })

  test('waits for the Configuration before it touches the Route', async () => {
    const { verbs } = await runService([existing(services, named)])
    expect(verbs).toEqual(['create configurations/foo', 'update-status services/foo'])
  })

  test('goes on when the revision is its own', async () => {
    const configuration = ownConfiguration(named, readyConfiguration('foo-blue'))
    const { verbs } = await runService([
      existing(services, named),
      existing(configurations, configuration),
      existing(revisions, testRevision('foo-blue', configuration, 'True')),
    ])
    expect(verbs).toContain('create routes/foo')
  })

  test('goes on when an older revision has the same spec', async () => {
    const configuration = ownConfiguration(named, (object) => {
      object.metadata.generation = 3
      readyConfiguration('foo-blue')(object)
    })
    const { verbs } = await runService([
      existing(services, named),
      existing(configurations, configuration),
      existing(
        revisions,
        testRevision('foo-blue', {
          ...configuration,
          metadata: { ...configuration.metadata, generation: 1 },
        }),
      ),
    ])
    expect(verbs).toContain('create routes/foo')
  })

  const taken =
    'False RevisionNameTaken The revision name "foo-blue" is taken by a conflicting Revision, so traffic will not be migrated'

  test('stops when the name belongs to someone else', async () => {
    const configuration = ownConfiguration(named, readyConfiguration('foo-blue'))
    const { verbs, conditions, outcome } = await runService([
      existing(services, named),
      existing(configurations, configuration),
      existing(revisions, testRevision('foo-blue', testConfiguration('bar'), 'True')),
    ])
    expect(verbs).toEqual(['update-status services/foo'])
    expect(conditions['RoutesReady']).toBe(taken)
    expect(outcome.kind).toBe('done')
  })

  test('stops when an older revision of another spec has the name', async () => {
    const configuration = ownConfiguration(named, (object) => {
      object.metadata.generation = 2
      readyConfiguration('foo-blue')(object)
    })
    const older = { ...configuration, metadata: { ...configuration.metadata, generation: 1 } }
    const { conditions } = await runService([
      existing(services, named),
      existing(configurations, configuration),
      existing(
        revisions,
        testRevision('foo-blue', older, 'True', ({ spec }) => {
          spec.containers[0]!.image = 'older'
        }),
      ),
    ])
    expect(conditions['RoutesReady']).toBe(taken)
  })
})
