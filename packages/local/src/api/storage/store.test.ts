import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { KubeObject } from '../meta/kube-object.ts'
import { SqliteChangeLog } from './sqlite-change-log.ts'
import { type Change, Store } from './store.ts'

const thing = (name: string, namespace = 'n', data = ''): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace, uid: `${namespace}-${name}` },
  data,
})

describe('the store', () => {
  test('gives each write the next revision, and tells of it in order', () => {
    const store = new Store(new SqliteChangeLog(':memory:'))
    const seen: Change[] = []
    const stop = store.subscribe((change) => seen.push(change))
    store.put('things', thing('a'), undefined)
    const a = store.get('things', 'n', 'a')!
    store.put('things', { ...a, data: 'x' }, a)
    store.remove('things', store.get('things', 'n', 'a')!)
    stop()
    store.put('things', thing('b'), undefined)
    expect(seen.map(({ type, revision }) => [type, revision])).toEqual([
      ['ADDED', 1],
      ['MODIFIED', 2],
      ['DELETED', 3],
    ])
    expect(seen[2]?.object.metadata.resourceVersion).toBe('3')
    expect(store.changesSince('things', 1)?.map(({ type, previous }) => [type, previous?.['data']])).toEqual([
      ['MODIFIED', ''],
      ['DELETED', 'x'],
      ['ADDED', undefined],
    ])
  })

  test('refuses a write over something else than expected', () => {
    const store = new Store(new SqliteChangeLog(':memory:'))
    store.put('things', thing('a'), undefined)
    const old = store.get('things', 'n', 'a')!
    expect(store.put('things', thing('a'), undefined).ok).toBe(false)
    store.put('things', { ...old, data: '1' }, old)
    expect(store.put('things', { ...old, data: '2' }, old).ok).toBe(false)
    expect(store.remove('things', old).ok).toBe(false)
    expect(store.revision).toBe(2)
  })

  test('finds by namespace, by uid, and what a namespace holds', () => {
    const store = new Store(new SqliteChangeLog(':memory:'))
    for (const [name, namespace] of [
      ['b', 'n'],
      ['a', 'n'],
      ['c', 'n-2'],
    ] as const) {
      store.put('things', thing(name, namespace), undefined)
    }
    expect(store.list('things', 'n').map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
    expect(store.list('things')).toHaveLength(3)
    expect(store.findByUid('n-2-c')).toEqual({ resource: 'things', namespace: 'n-2', name: 'c' })
    expect(store.resourcesIn('n-2')).toEqual(['things'])
    expect(store.resourcesIn('none')).toEqual([])
  })

  test('is the same after it is opened again, whatever was written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'knative-store-'))
    const write = fc.tuple(
      fc.constantFrom('put', 'remove'),
      fc.constantFrom('a', 'b', 'c'),
      fc.string({ maxLength: 3 }),
    )
    let run = 0
    fc.assert(
      fc.property(fc.array(write, { maxLength: 20 }), (writes) => {
        const file = join(folder, `${run++}.db`)
        const log = new SqliteChangeLog(file, 10)
        const store = new Store(log)
        for (const [action, name, data] of writes) {
          const current = store.get('things', 'n', name)
          if (action === 'put') store.put('things', thing(name, 'n', data), current)
          else if (current) store.remove('things', current)
        }
        const before = { objects: store.list('things'), revision: store.revision }
        log.close()
        const reopenedLog = new SqliteChangeLog(file, 10)
        const reopened = new Store(reopenedLog)
        expect({ objects: reopened.list('things'), revision: reopened.revision }).toEqual(before)
        reopenedLog.close()
      }),
      { numRuns: 25 },
    )
    rmSync(folder, { recursive: true })
  })
})
