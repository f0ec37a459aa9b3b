import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { KubeObject } from '../meta/kube-object.ts'
import { SqliteChangeLog } from '../storage/sqlite-change-log.ts'
import { Store } from '../storage/store.ts'
import { parseListOptions } from './list-options.ts'
import { ObjectLister } from './object-lister.ts'
import type { ResourceKind } from './resource-kind.ts'
import { WatchHub } from './watch-hub.ts'

const kind: ResourceKind = {
  group: '',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  singular: 'thing',
  listKind: 'ThingList',
  shortNames: [],
  categories: [],
  namespaced: true,
  custom: false,
  status: false,
  generation: false,
  scale: undefined,
  subresources: [],
  storageKey: 'things',
  schema: {},
  columns: [],
  selectableFields: [],
  strategy: {},
  conversion: undefined,
}

function setUp(keep?: number) {
  const clock = new ManualClock(0)
  const store = new Store(new SqliteChangeLog(':memory:', keep))
  const lister = new ObjectLister(store)
  const hub = new WatchHub({ store, lister, clock })
  const put = (name: string, data = '') => {
    const object: KubeObject = {
      apiVersion: 'v1',
      kind: 'Thing',
      metadata: { name, namespace: 'n', uid: name },
      data,
    }
    store.put('things', object, store.get('things', 'n', name))
  }
  const watch = (query: string, full = false) => {
    const frames: Buffer[] = []
    let ended = false
    const sink = {
      write: (frame: Buffer) => {
        frames.push(frame)
        return !full
      },
      end: () => {
        ended = true
      },
    }
    const options = parseListOptions(kind, new URLSearchParams(query))
    const stop = hub.start(kind, 'n', options, { name: '', encode: (object) => object }, sink)
    const events = () =>
      frames.map((frame) => JSON.parse(frame.toString()) as { type: string; object: KubeObject })
    return { stop, frames, events, isEnded: () => ended }
  }
  return { clock, store, hub, put, watch }
}

describe('a watch', () => {
  test('that resumes from before the kept history gets 410 and ends', () => {
    const { put, watch } = setUp(5)
    for (let i = 0; i < 12; i++) put('a', String(i))
    const old = watch('resourceVersion=1')
    expect(old.events()).toMatchObject([
      {
        type: 'ERROR',
        object: { code: 410, reason: 'Expired', message: 'too old resource version: 1 (12)' },
      },
    ])
    expect(old.isEnded()).toBe(true)
    expect(watch('resourceVersion=11').events()).toMatchObject([{ type: 'MODIFIED', object: { data: '11' } }])
    expect(watch('resourceVersion=99').events()).toMatchObject([{ type: 'ERROR', object: { code: 410 } }])
  })

  test('gets bookmarks each minute, one more at its end, and then ends', async () => {
    const { clock, put, watch } = setUp()
    put('a')
    const open = watch('resourceVersion=1&allowWatchBookmarks=true&timeoutSeconds=90')
    put('b')
    await clock.advance(60_000)
    expect(open.events().map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(open.events()[1]?.object.metadata.resourceVersion).toBe('2')
    await clock.advance(30_000)
    expect(open.events()).toHaveLength(3)
    expect(open.isEnded()).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  test('shares the bytes of an event with all others of its form', () => {
    const { put, watch } = setUp()
    const [one, two] = [watch(''), watch('')]
    put('a')
    expect(one.frames[0]).toBe(two.frames[0])
  })

  test('that falls behind is ended, and a stopped one hears no more', () => {
    const { clock, put, watch } = setUp()
    const slow = watch('', true)
    const stopped = watch('')
    stopped.stop()
    put('a')
    put('b')
    expect(slow.frames).toHaveLength(1)
    expect(slow.isEnded()).toBe(true)
    expect(stopped.frames).toHaveLength(0)
    expect(clock.pendingTimers).toBe(0)
  })
})
