import { describe, expect, test } from '@jest/globals'
import type { Configuration, Revision, Route, TrafficTarget } from '@knative-ts/apis'
import { condition } from '../../testing/conditions.ts'
import {
  readyConfiguration,
  testConfiguration,
  testRevision,
  testRoute,
} from '../../testing/serving-objects.ts'
import { resolveTraffic } from './resolve-traffic.ts'

const foo = testConfiguration('foo', readyConfiguration('foo-00002'))
const bar = testConfiguration('bar', readyConfiguration('bar-00001'))
const unready = testConfiguration('unready')
const failed = testConfiguration('failed', (object) => {
  object.status = { observedGeneration: 1, conditions: [condition('Ready', 'False')] }
})
const dangling = testConfiguration('dangling', readyConfiguration('dangling-00001'))

const revisions = [
  testRevision('foo-00001', foo, 'True'),
  testRevision('foo-00002', foo, 'True'),
  testRevision('bar-00001', bar, 'False'),
  testRevision('pending', foo, 'Unknown'),
  testRevision('stale', foo, 'True', ({ metadata }) => {
    metadata.generation = 2
  }),
  testRevision('orphan', testConfiguration('gone'), 'True'),
  testRevision('h2c', foo, 'True', ({ spec }) => {
    spec.containers[0]!.ports = [{ name: 'h2c', containerPort: 8080 }]
  }),
  testRevision('theirs', foo, 'True', ({ metadata }) => {
    metadata.labels!['serving.knative.dev/service'] = 'theirs'
  }),
]

function find<T extends Configuration | Revision>(objects: T[]): (name: string) => T | undefined {
  return (name) => objects.find((object) => object.metadata.name === name)
}

function resolve(traffic: TrafficTarget[], change?: (route: Route) => void) {
  return resolveTraffic(testRoute('foo', traffic, change), {
    configuration: find([foo, bar, unready, failed, dangling]),
    revision: find(revisions),
  })
}

const groupsOf = (traffic: TrafficTarget[]) =>
  Object.fromEntries(
    [...resolve(traffic).groups].map(([tag, members]) => [
      tag,
      members.map(({ revisionName, percent }) => `${revisionName} ${percent}`),
    ]),
  )

describe('resolveTraffic', () => {
  test('follows a Configuration to its latest ready revision', () => {
    const {
      targets,
      problem,
      configurations,
      revisions: looked,
    } = resolve([{ configurationName: 'foo', percent: 100 }])
    expect(problem).toBeUndefined()
    expect(targets).toEqual([
      {
        tag: '',
        revisionName: 'foo-00002',
        configurationName: 'foo',
        latestRevision: true,
        percent: 100,
        protocol: 'http1',
      },
    ])
    expect([...configurations, ...looked]).toEqual(['foo', 'foo-00002'])
  })

  test('keeps routing to a latest ready revision that has failed since', () => {
    expect(resolve([{ configurationName: 'bar', percent: 100 }]).problem).toBeUndefined()
  })

  test('takes the protocol from the port name', () => {
    expect(resolve([{ revisionName: 'h2c', percent: 100 }]).targets[0]?.protocol).toBe('h2c')
  })

  test.each<[string, TrafficTarget, boolean, string, string]>([
    [
      'missing Configuration',
      { configurationName: 'none' },
      true,
      'ConfigurationMissing',
      'Configuration "none" referenced in traffic not found.',
    ],
    [
      'missing Revision',
      { revisionName: 'none' },
      true,
      'RevisionMissing',
      'Revision "none" referenced in traffic not found.',
    ],
    [
      'Configuration whose latest revision is gone',
      { configurationName: 'dangling' },
      true,
      'RevisionMissing',
      'Revision "dangling-00001" referenced in traffic not found.',
    ],
    [
      'failed Configuration',
      { configurationName: 'failed' },
      true,
      'RevisionMissing',
      'Configuration "failed" does not have any ready Revision.',
    ],
    [
      'waiting Configuration',
      { configurationName: 'unready' },
      false,
      'RevisionMissing',
      'Configuration "unready" is waiting for a Revision to become ready.',
    ],
    [
      'failed Revision',
      { revisionName: 'bar-00001' },
      true,
      'RevisionMissing',
      'Revision "bar-00001" failed to become ready.',
    ],
    [
      'waiting Revision',
      { revisionName: 'pending' },
      false,
      'RevisionMissing',
      'Revision "pending" is not yet ready.',
    ],
    [
      'Revision whose news is old',
      { revisionName: 'stale' },
      false,
      'RevisionMissing',
      'Revision "stale" is not yet ready.',
    ],
    [
      'Revision without its Configuration',
      { revisionName: 'orphan' },
      true,
      'ConfigurationMissing',
      'Configuration "gone" referenced in traffic not found.',
    ],
  ])('finds a %s', (_, target, isFailure, reason, message) => {
    const { problem, targets, groups } = resolve([{ ...target, percent: 100 }])
    expect(problem).toEqual({ isFailure, reason, message })
    expect(targets).toEqual([])
    expect(groups.size).toBe(0)
  })

  test.each([
    ['theirs', 'Revision "theirs" belongs to Service "theirs", not Service "foo".'],
    ['foo-00001', 'Revision "foo-00001" does not belong to Service "foo".'],
  ])("refuses another Service's revision %s", (revisionName, message) => {
    const { problem } = resolve([{ revisionName, percent: 100 }], ({ metadata }) => {
      metadata.labels = { 'serving.knative.dev/service': 'foo' }
    })
    expect(problem).toEqual({ isFailure: true, reason: 'RevisionNotOwned', message })
  })

  test('examines all targets; a failure counts more than waiting, else the first, but a later failure more', () => {
    const waiting = { configurationName: 'unready', percent: 0 }
    const alsoWaiting = { revisionName: 'pending', percent: 0 }
    const missing = { revisionName: 'none', percent: 0 }
    const failing = { configurationName: 'failed', percent: 0 }
    const reason = (...traffic: TrafficTarget[]) => resolve(traffic).problem?.message
    expect(reason(waiting, alsoWaiting)).toMatch(/"unready" is waiting/)
    expect(reason(waiting, missing)).toMatch(/"none" referenced/)
    expect(reason(missing, waiting)).toMatch(/"none" referenced/)
    expect(reason(missing, failing)).toMatch(/"failed" does not have/)
    expect([...resolve([waiting, missing, alsoWaiting]).revisions]).toEqual(['none', 'pending'])
  })

  test('puts every target into the default group and tagged ones into their own', () => {
    expect(
      groupsOf([
        { configurationName: 'foo', percent: 60 },
        { revisionName: 'foo-00001', percent: 40, tag: 'old' },
        { configurationName: 'foo', percent: 0, tag: 'next' },
      ]),
    ).toEqual({
      '': ['foo-00002 60', 'foo-00001 40'],
      old: ['foo-00001 100'],
      next: ['foo-00002 100'],
    })
  })

  test('merges a revision that a group has more than once', () => {
    expect(
      groupsOf([
        { revisionName: 'foo-00001', percent: 30, tag: 'a' },
        { revisionName: 'foo-00001', percent: 20, tag: 'b' },
        { configurationName: 'foo', percent: 50 },
      ]),
    ).toMatchObject({ '': ['foo-00001 50', 'foo-00002 50'], a: ['foo-00001 100'], b: ['foo-00001 100'] })
  })

  test('joins equal targets, and only those', () => {
    const { targets } = resolve([
      { revisionName: 'foo-00002', percent: 10 },
      { configurationName: 'foo', percent: 50 },
      { revisionName: 'foo-00002', percent: 20 },
      { revisionName: 'foo-00002', percent: 20, tag: 'x' },
    ])
    expect(targets.map(({ tag, latestRevision, percent }) => `${tag}|${latestRevision}|${percent}`)).toEqual([
      '|false|30',
      '|true|50',
      'x|false|20',
    ])
  })
})
