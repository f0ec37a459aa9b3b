import { describe, expect, test } from '@jest/globals'
import { asArray, asRecord } from '../meta/kube-object.ts'
import { widget, widgetGroup } from './fidelity-fixtures.ts'
import type { FidelitySession } from './fidelity-session.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/** What CustomResourceDefinitions promise. */
export function customKindsFidelity(session: FidelitySession): void {
  const { widgets } = session

  describe('custom kinds', () => {
    test('are pruned and defaulted', async () => {
      const made = await session.client.post(
        widgets,
        widget('pruned', { size: 1, bogus: true, free: { any: 1 }, parts: [{ name: 'a' }] }),
      )
      expect(made.body['spec']).toEqual({
        size: 1,
        color: 'red',
        free: { any: 1 },
        parts: [{ name: 'a', count: 1 }],
      })
      expect(made.warnings).toEqual(['unknown field \\"spec.bogus\\"'])
    })

    test('are refused unknown fields when strict', async () => {
      const strict = await session.client.post(
        `${widgets}?fieldValidation=Strict`,
        widget('strict', { size: 1, bogus: true }),
      )
      expect(strict.status).toBe(400)
      expect(strict.body['message']).toContain('strict decoding error: unknown field "spec.bogus"')
    })

    test.each([
      ['required', {}, 'spec.size: Required value'],
      [
        'type',
        { size: 'big' },
        'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      ],
      [
        'minimum',
        { size: 0 },
        'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
      ],
      [
        'maximum',
        { size: 11 },
        'spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10',
      ],
      [
        'enum',
        { size: 1, color: 'blue' },
        'spec.color: Unsupported value: "blue": supported values: "red", "green"',
      ],
      [
        'pattern',
        { size: 1, name: 'A' },
        `spec.name: Invalid value: "A": spec.name in body should match '^[a-z]+$'`,
      ],
      ['maxLength', { size: 1, name: 'abcdef' }, 'spec.name: Too long: may not be more than 5 bytes'],
      [
        'int-or-string',
        { size: 1, port: true },
        'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
      ],
      [
        'list keys',
        { size: 1, parts: [{ name: 'a' }, { name: 'a' }] },
        'spec.parts[1]: Duplicate value: {"name":"a"}',
      ],
    ])('are validated: %s', async (_, spec, complaint) => {
      const answer = await session.client.post(widgets, widget('bad', spec))
      expect(answer.status).toBe(422)
      expect(answer.body['message']).toBe(`Widget.${widgetGroup} "bad" is invalid: ${complaint}`)
    })

    test('keep status apart, and scale', async () => {
      await session.client.post(widgets, {
        ...widget('apart', { size: 1, replicas: 1 }),
        status: { ignored: true },
      })
      const made = await session.client.get(`${widgets}/apart`)
      expect(made.body['status']).toBeUndefined()
      const status = await session.client.patch(`${widgets}/apart/status`, 'merge', {
        status: { replicas: 1 },
        spec: { size: 9 },
      })
      expect(status.body).toMatchObject({
        spec: { size: 1 },
        status: { replicas: 1 },
        metadata: { generation: 1 },
      })
      const scaled = await session.client.patch(`${widgets}/apart/scale`, 'merge', { spec: { replicas: 3 } })
      expect(scaled.body).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 1 } })
      expect((await session.client.get(`${widgets}/apart`)).body).toMatchObject({
        spec: { replicas: 3 },
        metadata: { generation: 2 },
      })
    })

    test('print their columns', async () => {
      await session.client.post(widgets, {
        ...widget('printed', { size: 7 }),
        metadata: { name: 'printed', labels: { 'example.com/owner': 'me' } },
      })
      await session.client.patch(`${widgets}/printed/status`, 'merge', {
        status: {
          conditions: [
            { type: 'Other', status: 'x' },
            { type: 'Ready', status: 'True' },
          ],
        },
      })
      const answer = await session.client.get(`${widgets}?fieldSelector=metadata.name%3Dprinted`, table)
      const names = asArray(answer.body['columnDefinitions']).map((column) => asRecord(column)['name'])
      expect(names).toEqual(['Name', 'Size', 'Ready', 'Owner'])
      expect(asRecord(asArray(answer.body['rows'])[0])['cells']).toEqual(['printed', 7, 'True', 'me'])
    })
  })
}
