import { describe, expect, test } from '@jest/globals'
import { asArray, asRecord, valueAt } from '../meta/kube-object.ts'
import { configMap, widget } from './fidelity-fixtures.ts'
import { type FidelitySession, metadataOf } from './fidelity-session.ts'

/** Server-side apply. */
export function applyFidelity(session: FidelitySession): void {
  const { maps, widgets } = session

  describe('server-side apply', () => {
    const apply = (path: string, manager: string, body: object, force = false) =>
      session.client.patch(`${path}?fieldManager=${manager}&force=${force}`, 'apply', body)

    test('creates, keeps what others own, and removes what is no longer applied', async () => {
      const path = `${maps}/ssa`
      expect((await apply(path, 'one', configMap('ssa', { a: '1', b: '1' }))).status).toBe(201)
      expect((await apply(path, 'two', configMap('ssa', { b: '1', c: '2' }))).status).toBe(200)
      const less = await apply(path, 'one', configMap('ssa', {}))
      expect(less.body['data']).toEqual({ b: '1', c: '2' })
    })

    test('refuses to take a field over unless forced', async () => {
      const path = `${maps}/fight`
      await apply(path, 'one', configMap('fight', { a: '1' }))
      const refused = await apply(path, 'two', configMap('fight', { a: '2' }))
      expect(refused.body).toMatchObject({
        code: 409,
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
        details: {
          causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }],
        },
      })
      const forced = await apply(path, 'two', configMap('fight', { a: '2' }), true)
      expect(forced.body['data']).toEqual({ a: '2' })
      const owners = asArray(metadataOf(forced)['managedFields']).map((entry) => asRecord(entry)['manager'])
      expect(owners).toEqual(['two'])
    })

    test('twice changes nothing', async () => {
      const path = `${widgets}/idem`
      const body = widget('idem', { size: 1, parts: [{ name: 'a' }] })
      const before = await apply(path, 'one', body)
      const again = await apply(path, 'one', body)
      expect(again.body).toEqual(before.body)
    })

    test('merges keyed lists of custom kinds', async () => {
      const path = `${widgets}/keyed`
      await apply(path, 'one', widget('keyed', { size: 1, parts: [{ name: 'a', count: 2 }] }))
      const both = await apply(path, 'two', widget('keyed', { size: 1, parts: [{ name: 'b' }] }))
      expect(valueAt(both.body, ['spec', 'parts'])).toEqual([
        { name: 'a', count: 2 },
        { name: 'b', count: 1 },
      ])
    })
  })
}
