import { describe, expect, test } from '@jest/globals'
import { configMap } from './fidelity-fixtures.ts'
import { type FidelitySession, metadataOf } from './fidelity-session.ts'

/** Deletion and what follows from it. */
export function deletionFidelity(session: FidelitySession): void {
  const { namespace, maps } = session

  describe('deletion', () => {
    test('waits for finalizers', async () => {
      await session.client.post(maps, configMap('held', {}, { finalizers: ['example.com/hold'] }))
      const deleted = await session.client.delete(`${maps}/held`)
      expect(metadataOf(deleted)).toMatchObject({
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
      })
      const more = await session.client.patch(`${maps}/held`, 'merge', {
        metadata: { finalizers: ['example.com/hold', 'example.com/more'] },
      })
      expect(more.body['message']).toContain(
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
      )
      expect(
        (await session.client.patch(`${maps}/held`, 'merge', { metadata: { finalizers: null } })).status,
      ).toBe(200)
      expect((await session.client.get(`${maps}/held`)).status).toBe(404)
    })

    test('checks its preconditions', async () => {
      await session.client.post(maps, configMap('guarded'))
      const wrong = await session.client.delete(`${maps}/guarded`, {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid: 'other' },
      })
      expect(wrong.body).toMatchObject({ code: 409, reason: 'Conflict' })
      expect((await session.client.delete(`${maps}/guarded`)).body).toMatchObject({
        status: 'Success',
        details: { name: 'guarded', kind: 'configmaps' },
      })
    })

    test('takes dependents along', async () => {
      const owner = await session.client.post(maps, configMap('owner'))
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadataOf(owner)['uid'] }
      await session.client.post(maps, configMap('dependent', {}, { ownerReferences: [reference] }))
      await session.client.delete(`${maps}/owner`)
      await session.client.until(maps, 'dependent', (object) => object === undefined)
    })

    test('sets dependents free when told to', async () => {
      const owner = await session.client.post(maps, configMap('parent'))
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: metadataOf(owner)['uid'] }
      await session.client.post(maps, configMap('child', {}, { ownerReferences: [reference] }))
      await session.client.delete(`${maps}/parent?propagationPolicy=Orphan`)
      await session.client.until(maps, 'parent', (object) => object === undefined)
      expect(metadataOf(await session.client.get(`${maps}/child`))['ownerReferences']).toBeUndefined()
    })

    test('of a collection takes what is selected', async () => {
      for (const name of ['c1', 'c2'])
        await session.client.post(maps, configMap(name, {}, { labels: { gone: 'soon' } }))
      expect((await session.client.delete(`${maps}?labelSelector=gone%3Dsoon`)).status).toBe(200)
      expect((await session.client.get(`${maps}?labelSelector=gone%3Dsoon`)).body['items']).toEqual([])
    })

    test('of a namespace empties it', async () => {
      const name = `${namespace}-gone`
      await session.client.post('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      })
      await session.client.post(`/api/v1/namespaces/${name}/configmaps`, configMap('inside'))
      await session.client.delete(`/api/v1/namespaces/${name}`)
      const late = await session.client.post(`/api/v1/namespaces/${name}/configmaps`, configMap('late'))
      expect([403, 404]).toContain(late.status)
      await session.client.until('/api/v1/namespaces', name, (object) => object === undefined)
    })
  })
}
