import { describe, expect, test } from '@jest/globals'
import { asArray, type KubeObject } from '../meta/kube-object.ts'
import { configMap } from './fidelity-fixtures.ts'
import { type FidelitySession, metadataOf } from './fidelity-session.ts'

/** Lists and watches. */
export function readsFidelity(session: FidelitySession): void {
  const { maps } = session

  describe('lists and watches', () => {
    test('select by label and field, and page', async () => {
      for (const [name, tier] of [
        ['l1', 'a'],
        ['l2', 'b'],
        ['l3', 'a'],
      ] as const) {
        await session.client.post(maps, configMap(name, {}, { labels: { set: 'list', tier } }))
      }
      const names = async (query: string) => {
        const list = await session.client.get(`${maps}?${query}`)
        return asArray(list.body['items']).map((item) => (item as KubeObject).metadata.name)
      }
      expect(await names('labelSelector=set%3Dlist,tier+in+(a)')).toEqual(['l1', 'l3'])
      expect(await names('labelSelector=set%3Dlist,tier!%3Da')).toEqual(['l2'])
      expect(await names('labelSelector=set,!tier')).toEqual([])
      expect(await names('fieldSelector=metadata.name%3Dl2')).toEqual(['l2'])
      const first = await session.client.get(`${maps}?labelSelector=set%3Dlist&limit=2`)
      const token = encodeURIComponent(String(metadataOf(first)['continue']))
      expect(asArray(first.body['items'])).toHaveLength(2)
      expect(await names(`labelSelector=set%3Dlist&limit=2&continue=${token}`)).toEqual(['l3'])
      expect((await session.client.get(`${maps}?fieldSelector=data.a%3D1`)).status).toBe(400)
    })

    test('watch resumes from a list, and objects come into view and leave it', async () => {
      const list = await session.client.get(maps)
      await session.client.post(maps, configMap('seen', {}, { labels: { watch: 'yes' } }))
      await session.client.patch(`${maps}/seen`, 'merge', { data: { a: '1' } })
      await session.client.patch(`${maps}/seen`, 'merge', { metadata: { labels: { watch: 'no' } } })
      const watch = await session.client.watch(
        `${maps}?labelSelector=watch%3Dyes&resourceVersion=${String(metadataOf(list)['resourceVersion'])}`,
      )
      const types = [(await watch.next())?.type, (await watch.next())?.type, (await watch.next())?.type]
      watch.close()
      expect(types).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
    })

    test('watch can send the initial state, ended by a bookmark', async () => {
      await session.client.post(maps, configMap('initial', {}, { labels: { initial: 'yes' } }))
      const watch = await session.client.watch(
        `${maps}?labelSelector=initial%3Dyes&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      )
      const first = await watch.next()
      if (first?.type === 'ERROR') {
        // A kube-apiserver on an old etcd says so, and clients list instead.
        expect(first.object['message']).toContain('required storage feature RequestWatchProgress is disabled')
        watch.close()
        return
      }
      expect(first).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'initial' } } })
      expect(await watch.next()).toMatchObject({
        type: 'BOOKMARK',
        object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
      })
      watch.close()
    })
  })
}
