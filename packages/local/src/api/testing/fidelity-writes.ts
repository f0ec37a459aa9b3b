import { describe, expect, test } from '@jest/globals'
import { asArray, asRecord, valueAt } from '../meta/kube-object.ts'
import { configMap, deployment, widget } from './fidelity-fixtures.ts'
import { type FidelitySession, metadataOf } from './fidelity-session.ts'

/** How objects are created, updated and patched. */
export function writesFidelity(session: FidelitySession): void {
  const { namespace, maps, deployments, widgets } = session

  describe('objects', () => {
    test('are created with what the server decides, and only once', async () => {
      const made = await session.client.post(maps, configMap('once', { a: '1' }))
      expect(made.status).toBe(201)
      expect(metadataOf(made)).toMatchObject({
        name: 'once',
        namespace,
        uid: expect.any(String),
        resourceVersion: expect.any(String),
      })
      const again = await session.client.post(maps, configMap('once'))
      expect(again.body).toMatchObject({
        code: 409,
        reason: 'AlreadyExists',
        message: 'configmaps "once" already exists',
        details: { name: 'once', kind: 'configmaps' },
      })
    })

    test('get a generated name', async () => {
      const made = await session.client.post(maps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { generateName: 'made-' },
      })
      expect(metadataOf(made)['name']).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    })

    test('are refused without a name, with a bad one, and in no namespace', async () => {
      const nameless = await session.client.post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })
      expect(nameless.body['message']).toBe(
        ' "" is invalid: metadata.name: Required value: name or generateName is required'.replace(
          ' ""',
          'ConfigMap ""',
        ),
      )
      const bad = await session.client.post(maps, configMap('Bad_Name'))
      expect(bad.status).toBe(422)
      expect(bad.body['message']).toContain(
        'ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of',
      )
      const nowhere = await session.client.post('/api/v1/namespaces/no-such-place/configmaps', configMap('x'))
      expect(nowhere.body).toMatchObject({ code: 404, message: 'namespaces "no-such-place" not found' })
    })

    test('that are missing are 404 with details', async () => {
      expect((await session.client.get(`${deployments}/none`)).body).toMatchObject({
        kind: 'Status',
        status: 'Failure',
        message: 'deployments.apps "none" not found',
        reason: 'NotFound',
        details: { name: 'none', group: 'apps', kind: 'deployments' },
        code: 404,
      })
    })

    test('are not stored on a dry run', async () => {
      const dry = await session.client.post(`${maps}?dryRun=All`, configMap('dry'))
      expect(dry.status).toBe(201)
      expect((await session.client.get(`${maps}/dry`)).status).toBe(404)
    })
  })

  describe('updates', () => {
    test('of a stale object are a conflict', async () => {
      const made = await session.client.post(maps, configMap('stale', { a: '1' }))
      const body = made.body
      expect((await session.client.put(`${maps}/stale`, { ...body, data: { a: '2' } })).status).toBe(200)
      expect((await session.client.put(`${maps}/stale`, { ...body, data: { a: '3' } })).body).toMatchObject({
        code: 409,
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again',
      })
    })

    test('that change nothing keep the resourceVersion', async () => {
      const made = await session.client.post(maps, configMap('same', { a: '1' }))
      const again = await session.client.put(`${maps}/same`, made.body)
      expect(metadataOf(again)['resourceVersion']).toBe(metadataOf(made)['resourceVersion'])
    })

    test('raise the generation when the spec changes, and then only', async () => {
      await session.client.post(deployments, deployment('gen', {}, { replicas: 0, paused: true }))
      const labelled = await session.client.patch(`${deployments}/gen`, 'merge', {
        metadata: { labels: { a: 'b' } },
      })
      expect(metadataOf(labelled)['generation']).toBe(1)
      const respecced = await session.client.patch(`${deployments}/gen`, 'merge', {
        spec: { minReadySeconds: 1 },
      })
      expect(metadataOf(respecced)['generation']).toBe(2)
    })

    test('cannot change an immutable selector', async () => {
      await session.client.post(deployments, deployment('fixed', {}, { replicas: 0 }))
      const changed = await session.client.patch(`${deployments}/fixed`, 'merge', {
        spec: {
          selector: { matchLabels: { app: 'other' } },
          template: { metadata: { labels: { app: 'other' } } },
        },
      })
      expect(changed.status).toBe(422)
      expect(changed.body['message']).toContain('field is immutable')
    })
  })

  describe('patches', () => {
    test('strategic: lists merge by key, and directives delete', async () => {
      await session.client.post(
        deployments,
        deployment(
          'smp',
          {
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          },
          { replicas: 0 },
        ),
      )
      const container = {
        name: 'main',
        env: [
          { name: 'A', $patch: 'delete' },
          { name: 'C', value: '3' },
        ],
      }
      const patched = await session.client.patch(`${deployments}/smp`, 'strategic', {
        spec: { template: { spec: { containers: [container] } } },
      })
      const [main] = asArray(valueAt(patched.body, ['spec', 'template', 'spec', 'containers']))
      const names = asArray(asRecord(main)['env']).map((variable) => asRecord(variable)['name'])
      expect(names.sort()).toEqual(['B', 'C'])
      expect(asRecord(main)['image']).toBe('dev.local/none:1')
    })

    test('JSON: a failed test is 422, and merge patches delete by null', async () => {
      await session.client.post(maps, configMap('jp', { a: '1', b: '2' }))
      const failed = await session.client.patch(`${maps}/jp`, 'json', [
        { op: 'test', path: '/data/a', value: '9' },
      ])
      expect(failed.status).toBe(422)
      const added = await session.client.patch(`${maps}/jp`, 'json', [
        { op: 'add', path: '/data/c', value: '3' },
      ])
      expect(added.body['data']).toEqual({ a: '1', b: '2', c: '3' })
      const merged = await session.client.patch(`${maps}/jp`, 'merge', { data: { a: null } })
      expect(merged.body['data']).toEqual({ b: '2', c: '3' })
    })

    test('strategic merge is not for custom kinds', async () => {
      await session.client.post(widgets, widget('nosmp'))
      expect((await session.client.patch(`${widgets}/nosmp`, 'strategic', {})).status).toBe(415)
    })
  })
}
