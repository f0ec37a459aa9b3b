import { describe, expect, test } from '@jest/globals'
import type { Configuration, Revision } from '@knative-ts/apis'
import { parseGCConfig } from '@knative-ts/config'
import fc from 'fast-check'
import { readyConfiguration, testConfiguration } from '../testing/serving-objects.ts'
import { garbageOf } from './decide.ts'
import { agedRevision } from './testing/aged-revision.ts'

const nowMs = Date.UTC(2026, 4, 1, 12)
const hourMs = 3_600_000

const keepNone = { 'min-non-active-revisions': '0' }
const onlyCount = {
  ...keepNone,
  'retain-since-create-time': 'disabled',
  'retain-since-last-active-time': 'disabled',
}
const onlyAges = {
  ...keepNone,
  'max-non-active-revisions': 'disabled',
  'retain-since-create-time': '10h',
  'retain-since-last-active-time': '5h',
}
const onlyCreation = { ...onlyAges, 'retain-since-last-active-time': 'disabled' }
const onlyUse = { ...onlyAges, 'retain-since-create-time': 'disabled' }

const serving = testConfiguration('foo', readyConfiguration('ready', 'created'))

/** A Revision in reserve; both ages in hours. */
function old(name: string, created: number, used?: number, change?: (object: Revision) => void): Revision {
  const usedMs = used === undefined ? undefined : nowMs - used * hourMs
  return agedRevision(name, { createdMs: nowMs - created * hourMs, usedMs }, change)
}

const inState = (name: string, state?: string) =>
  old(name, 99, 99, ({ metadata }) => {
    const { 'serving.knative.dev/routingState': _, ...labels } = metadata.labels ?? {}
    metadata.labels = state === undefined ? labels : { ...labels, 'serving.knative.dev/routingState': state }
  })

const annotated = (name: string, annotations: Record<string, string>) =>
  old(name, 99, 99, ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, ...annotations }
  })

function decide(
  data: Record<string, string>,
  revisions: Revision[],
  configuration: Configuration = serving,
  atMs: number = nowMs,
) {
  const { revisions: garbage, nextInMs } = garbageOf(configuration, revisions, parseGCConfig(data), atMs)
  return {
    names: garbage.map(({ metadata }) => metadata.name),
    nextInHours: nextInMs === undefined ? undefined : nextInMs / hourMs,
  }
}

const names = (data: Record<string, string>, ...revisions: Revision[]) => decide(data, revisions).names

/** A Revision that is in use and counts only towards the total. */
const inUse = inState('in-use', 'active')

describe('how many', () => {
  const three = [old('a', 30, 20), old('b', 20, 10), old('c', 3, 1)]

  test.each<[string, Record<string, string>, string[]]>([
    ['nothing while every rule is disabled', { ...onlyCount, 'max-non-active-revisions': 'disabled' }, []],
    [
      'nothing while there are not more than the minimum',
      { ...onlyAges, 'min-non-active-revisions': '3' },
      [],
    ],
    ['what is stale, down to the minimum', { ...onlyAges, 'min-non-active-revisions': '2' }, ['a']],
    ['all that is stale', { ...onlyAges, 'min-non-active-revisions': '1' }, ['a', 'b']],
    ['only what is stale, whatever the minimum', onlyAges, ['a', 'b']],
    ['nothing for its number up to the maximum', { ...onlyCount, 'max-non-active-revisions': '3' }, []],
    ['the longest unused beyond the maximum', { ...onlyCount, 'max-non-active-revisions': '2' }, ['a']],
    ['everything, at a maximum of zero', { ...onlyCount, 'max-non-active-revisions': '0' }, ['a', 'b', 'c']],
    [
      'the stale first, then down to the maximum',
      { ...onlyAges, 'max-non-active-revisions': '0' },
      ['a', 'b', 'c'],
    ],
    [
      'no more than the stale if those are enough',
      { ...onlyAges, 'max-non-active-revisions': '1' },
      ['a', 'b'],
    ],
    [
      'the minimum, when it equals the maximum',
      { ...onlyAges, 'min-non-active-revisions': '2', 'max-non-active-revisions': '2' },
      ['a'],
    ],
    ['nothing of so few by default', {}, []],
  ])('%s', (_, data, expected) => expect(names(data, ...three)).toEqual(expected))

  test('the minimum counts only what is out of use', () => {
    const data = { ...onlyAges, 'min-non-active-revisions': '1' }
    expect(names(data, inUse, old('a', 30))).toEqual([])
    expect(names(data, inUse, old('a', 30), old('b', 20))).toEqual(['a'])
  })

  test('one that is going already is not counted and not deleted again', () => {
    const going = old('going', 99, 99, ({ metadata }) => {
      metadata.deletionTimestamp = '2026-05-01T11:00:00Z'
    })
    expect(names({ ...onlyAges, 'min-non-active-revisions': '1' }, going, old('a', 30))).toEqual([])
    expect(
      names({ ...onlyCount, 'max-non-active-revisions': '1' }, going, old('a', 30), old('b', 20)),
    ).toEqual(['a'])
  })
})

describe('which', () => {
  const everything = { ...onlyCount, 'max-non-active-revisions': '0' }

  test.each<[string, Revision, boolean]>([
    ['the latest ready one', old('ready', 99, 99), false],
    ['the latest created one', old('created', 99, 99), false],
    ['an active one', inState('x', 'active'), false],
    ['a pending one', inState('x', 'pending'), false],
    ['one in a state that nobody knows', inState('x', 'Reserve'), false],
    ['one without a state', inState('x'), false],
    ['one in reserve', inState('x', 'reserve'), true],
    ['one that is preserved', annotated('x', { 'serving.knative.dev/no-gc': 'true' }), false],
    ['one that is preserved, in any case', annotated('x', { 'serving.knative.dev/no-gc': 'TrUe' }), false],
    ['one that is not preserved', annotated('x', { 'serving.knative.dev/no-gc': 'false' }), true],
    [
      'one whose preservation says something else',
      annotated('x', { 'serving.knative.dev/no-gc': '1' }),
      true,
    ],
  ])('%s', (_, revision, goes) => {
    expect(names(everything, revision)).toEqual(goes ? [revision.metadata.name] : [])
    expect(names(onlyAges, revision)).toEqual(goes ? [revision.metadata.name] : [])
  })

  test('all in reserve, if the Configuration has no status yet', () => {
    expect(decide(everything, [old('ready', 9), old('created', 8)], testConfiguration('foo')).names).toEqual([
      'ready',
      'created',
    ])
  })
})

describe('when', () => {
  test.each<[string, Record<string, string>, Revision, boolean]>([
    ['both ages exactly reached', onlyAges, old('x', 10, 5), true],
    ['created a second too late', onlyAges, old('x', 10 - 1 / 3600, 5), false],
    ['used a second too late', onlyAges, old('x', 10, 5 - 1 / 3600), false],
    ['only the age since creation counts', onlyCreation, old('x', 10, 1), true],
    ['only the age since creation counts, not reached', onlyCreation, old('x', 9, 9), false],
    ['only the age since its last use counts', onlyUse, old('x', 5, 5), true],
    ['only the age since its last use counts, not reached', onlyUse, old('x', 99, 4), false],
    [
      'ages of zero',
      { ...onlyAges, 'retain-since-create-time': '0s', 'retain-since-last-active-time': '0s' },
      old('x', 0, 0),
      true,
    ],
    ['neither age counts', onlyCount, old('x', 999, 999), false],
    ['never used: created as long ago as both ask', onlyUse, old('x', 5), true],
    ['never used: created too late', onlyUse, old('x', 4), false],
    [
      'a time of its last use that is no time: its creation counts',
      onlyUse,
      annotated('x', { 'serving.knative.dev/routingStateModified': 'yesterday' }),
      true,
    ],
    [
      'no time of its creation',
      onlyCreation,
      old('x', 99, 99, ({ metadata }) => delete metadata.creationTimestamp),
      false,
    ],
  ])('%s', (_, data, revision, goes) => expect(names(data, revision)).toEqual(goes ? ['x'] : []))

  test.each<[string, Revision[], string[]]>([
    [
      'by their last use, not by their age',
      [old('a', 20, 6), old('b', 11, 7), old('c', 30, 8)],
      ['c', 'b', 'a'],
    ],
    ['by their age, if their last use is the same', [old('a', 11, 6), old('b', 12, 6)], ['b', 'a']],
    ['by name, if all is the same', [old('x-00002', 11, 6), old('x-00001', 11, 6)], ['x-00001', 'x-00002']],
    ['by their creation where they were never used', [old('a', 10, 7), old('b', 11)], ['b', 'a']],
  ])('%s', (_, revisions, expected) => expect(names(onlyAges, ...revisions)).toEqual(expected))
})

describe('until the next', () => {
  test.each<[string, Record<string, string>, Revision[], number | undefined]>([
    ['as long as the later of both ages takes', onlyAges, [old('a', 9, 3)], 2],
    ['as long as the earliest takes', onlyAges, [old('a', 9, 3), old('b', 9.5, 9)], 0.5],
    ['what stays after this time', onlyAges, [old('a', 20, 20), old('b', 9, 9)], 1],
    [
      'one of several, of which the minimum stays',
      { ...onlyAges, 'min-non-active-revisions': '1' },
      [old('a', 9, 9), old('b', 8, 8)],
      1,
    ],
    [
      'never, if the minimum stays',
      { ...onlyAges, 'min-non-active-revisions': '1' },
      [old('a', 20, 20), old('b', 9, 9)],
      undefined,
    ],
    [
      'never, if the maximum leaves none',
      { ...onlyAges, 'max-non-active-revisions': '0' },
      [old('a', 9, 9)],
      undefined,
    ],
    [
      'never, if no age counts',
      { ...onlyCount, 'max-non-active-revisions': '1' },
      [old('a', 9, 9)],
      undefined,
    ],
    ['never, if all is in use', onlyAges, [inUse], undefined],
    [
      'never, if nobody knows its age',
      onlyCreation,
      [old('x', 9, 9, ({ metadata }) => delete metadata.creationTimestamp)],
      undefined,
    ],
  ])('%s', (_, data, revisions, expected) => expect(decide(data, revisions).nextInHours).toBe(expected))
})

test('whatever there is: nothing in use goes, limits are kept, and a second look at what is left finds nothing', () => {
  const hours = fc.integer({ min: 0, max: 20 })
  const revision = fc.tuple(
    fc.constantFrom('reserve', 'active', undefined),
    hours,
    fc.option(hours, { nil: undefined }),
  )
  const ages = fc.constantFrom('disabled', '0s', '5h', '10h')
  const limits = fc.tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
  )
  fc.assert(
    fc.property(
      fc.array(revision, { maxLength: 9 }),
      ages,
      ages,
      limits,
      (specs, created, used, [min, more]) => {
        const data = {
          'retain-since-create-time': created,
          'retain-since-last-active-time': used,
          'min-non-active-revisions': String(min),
          'max-non-active-revisions': more === undefined ? 'disabled' : String(min + more),
        }
        const all = specs.map(([state, createdHours, usedHours], i) =>
          old(['ready', 'created'][i] ?? `x-${i}`, createdHours, usedHours, ({ metadata }) => {
            if (state !== 'reserve')
              metadata.labels = state ? { 'serving.knative.dev/routingState': state } : {}
          }),
        )
        const isReserve = ({ metadata }: Revision) =>
          metadata.labels?.['serving.knative.dev/routingState'] === 'reserve'
        const unused = all.filter((object, i) => i > 1 && isReserve(object))
        const first = decide(data, all)
        const left = all.filter(({ metadata }) => !first.names.includes(metadata.name))
        const stay = unused.filter((object) => left.includes(object)).length

        expect(unused.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(first.names))
        expect(stay).toBeGreaterThanOrEqual(Math.min(min, unused.length))
        if (more !== undefined) expect(stay).toBeLessThanOrEqual(min + more)
        expect(decide(data, left).names).toEqual([])
        const { nextInHours } = first
        if (nextInHours === undefined) return
        expect(decide(data, left, serving, nowMs + nextInHours * hourMs - 1).names).toEqual([])
        expect(decide(data, left, serving, nowMs + nextInHours * hourMs).names).not.toEqual([])
      },
    ),
  )
})
