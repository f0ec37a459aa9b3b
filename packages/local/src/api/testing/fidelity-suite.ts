import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { asArray, asRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'
import { ApiClient, type ApiEndpoint } from './api-client.ts'
import { configMap, deployment, widget, widgetDefinition, widgetGroup } from './fidelity-fixtures.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/**
 * What the embedded API and a real kube-apiserver must have in common, as tests against whatever server
 * `connect` names. They leave nothing behind.
 */
export function apiFidelitySuite(connect: () => Promise<ApiEndpoint>): void {
  const namespace = `fidelity-${Date.now().toString(36)}`
  const core = `/api/v1/namespaces/${namespace}`
  const maps = `${core}/configmaps`
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const widgets = `/apis/${widgetGroup}/v1/namespaces/${namespace}/widgets`
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  let client: ApiClient

  beforeAll(async () => {
    client = new ApiClient(await connect())
    const made = await client.post('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    })
    expect(made.status).toBe(201)
    await client.post(definitions, widgetDefinition)
    await client.until(definitions, widgetDefinition.metadata.name, (object) =>
      asArray(valueAt(object, ['status', 'conditions'])).some((condition) => {
        const { type, status } = asRecord(condition)
        return type === 'Established' && status === 'True'
      }),
    )
    await client.until(`${core}/serviceaccounts`, 'default', (object) => object !== undefined)
    // A real server may answer 404 for a moment after it says Established.
    for (let tries = 0; tries < 200; tries++) if ((await client.get(widgets)).status === 200) break
  })

  afterAll(async () => {
    await client.delete(`${definitions}/${widgetDefinition.metadata.name}`)
    await client.delete(core)
    await client.close()
  })

  const metadata = (answer: { body: object }) => asRecord(asRecord(answer.body)['metadata'])

  describe('objects', () => {
    test('are created with what the server decides, and only once', async () => {
      const made = await client.post(maps, configMap('once', { a: '1' }))
      expect(made.status).toBe(201)
      expect(metadata(made)).toMatchObject({
        name: 'once',
        namespace,
        uid: expect.any(String),
        resourceVersion: expect.any(String),
      })
      const again = await client.post(maps, configMap('once'))
      expect(again.body).toMatchObject({
        code: 409,
        reason: 'AlreadyExists',
        message: 'configmaps "once" already exists',
        details: { name: 'once', kind: 'configmaps' },
      })
    })

    test('get a generated name', async () => {
      const made = await client.post(maps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { generateName: 'made-' },
      })
      expect(metadata(made)['name']).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    })

    test('are refused without a name, with a bad one, and in no namespace', async () => {
      const nameless = await client.post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })
      expect(nameless.body['message']).toBe(
        ' "" is invalid: metadata.name: Required value: name or generateName is required'.replace(
          ' ""',
          'ConfigMap ""',
        ),
      )
      const bad = await client.post(maps, configMap('Bad_Name'))
      expect(bad.status).toBe(422)
      expect(bad.body['message']).toContain(
        'ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of',
      )
      const nowhere = await client.post('/api/v1/namespaces/no-such-place/configmaps', configMap('x'))
      expect(nowhere.body).toMatchObject({ code: 404, message: 'namespaces "no-such-place" not found' })
    })

    test('that are missing are 404 with details', async () => {
      expect((await client.get(`${deployments}/none`)).body).toMatchObject({
        kind: 'Status',
        status: 'Failure',
        message: 'deployments.apps "none" not found',
        reason: 'NotFound',
        details: { name: 'none', group: 'apps', kind: 'deployments' },
        code: 404,
      })
    })

    test('are not stored on a dry run', async () => {
      const dry = await client.post(`${maps}?dryRun=All`, configMap('dry'))
      expect(dry.status).toBe(201)
      expect((await client.get(`${maps}/dry`)).status).toBe(404)
    })
  })

  describe('updates', () => {
    test('of a stale object are a conflict', async () => {
      const made = await client.post(maps, configMap('stale', { a: '1' }))
      const body = made.body
      expect((await client.put(`${maps}/stale`, { ...body, data: { a: '2' } })).status).toBe(200)
      expect((await client.put(`${maps}/stale`, { ...body, data: { a: '3' } })).body).toMatchObject({
        code: 409,
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again',
      })
    })

    test('that change nothing keep the resourceVersion', async () => {
      const made = await client.post(maps, configMap('same', { a: '1' }))
      const again = await client.put(`${maps}/same`, made.body)
      expect(metadata(again)['resourceVersion']).toBe(metadata(made)['resourceVersion'])
    })

    test('raise the generation when the spec changes, and then only', async () => {
      await client.post(deployments, deployment('gen', {}, { replicas: 0, paused: true }))
      const labelled = await client.patch(`${deployments}/gen`, 'merge', { metadata: { labels: { a: 'b' } } })
      expect(metadata(labelled)['generation']).toBe(1)
      const respecced = await client.patch(`${deployments}/gen`, 'merge', { spec: { minReadySeconds: 1 } })
      expect(metadata(respecced)['generation']).toBe(2)
    })

    test('cannot change an immutable selector', async () => {
      await client.post(deployments, deployment('fixed', {}, { replicas: 0 }))
      const changed = await client.patch(`${deployments}/fixed`, 'merge', {
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
      await client.post(
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
      const patched = await client.patch(`${deployments}/smp`, 'strategic', {
        spec: { template: { spec: { containers: [container] } } },
      })
      const [main] = asArray(valueAt(patched.body, ['spec', 'template', 'spec', 'containers']))
      const names = asArray(asRecord(main)['env']).map((variable) => asRecord(variable)['name'])
      expect(names.sort()).toEqual(['B', 'C'])
      expect(asRecord(main)['image']).toBe('dev.local/none:1')
    })

    test('JSON: a failed test is 422, and merge patches delete by null', async () => {
      await client.post(maps, configMap('jp', { a: '1', b: '2' }))
      const failed = await client.patch(`${maps}/jp`, 'json', [{ op: 'test', path: '/data/a', value: '9' }])
      expect(failed.status).toBe(422)
      const added = await client.patch(`${maps}/jp`, 'json', [{ op: 'add', path: '/data/c', value: '3' }])
      expect(added.body['data']).toEqual({ a: '1', b: '2', c: '3' })
      const merged = await client.patch(`${maps}/jp`, 'merge', { data: { a: null } })
      expect(merged.body['data']).toEqual({ b: '2', c: '3' })
    })

    test('strategic merge is not for custom kinds', async () => {
      await client.post(widgets, widget('nosmp'))
      expect((await client.patch(`${widgets}/nosmp`, 'strategic', {})).status).toBe(415)
    })
  })

  describe('server-side apply', () => {
    const apply = (path: string, manager: string, body: object, force = false) =>
      client.patch(`${path}?fieldManager=${manager}&force=${force}`, 'apply', body)

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
      const owners = asArray(metadata(forced)['managedFields']).map((entry) => asRecord(entry)['manager'])
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

  describe('custom kinds', () => {
    test('are pruned and defaulted', async () => {
      const made = await client.post(
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
      const strict = await client.post(
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
      const answer = await client.post(widgets, widget('bad', spec))
      expect(answer.status).toBe(422)
      expect(answer.body['message']).toBe(`Widget.${widgetGroup} "bad" is invalid: ${complaint}`)
    })

    test('keep status apart, and scale', async () => {
      await client.post(widgets, { ...widget('apart', { size: 1, replicas: 1 }), status: { ignored: true } })
      const made = await client.get(`${widgets}/apart`)
      expect(made.body['status']).toBeUndefined()
      const status = await client.patch(`${widgets}/apart/status`, 'merge', {
        status: { replicas: 1 },
        spec: { size: 9 },
      })
      expect(status.body).toMatchObject({
        spec: { size: 1 },
        status: { replicas: 1 },
        metadata: { generation: 1 },
      })
      const scaled = await client.patch(`${widgets}/apart/scale`, 'merge', { spec: { replicas: 3 } })
      expect(scaled.body).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 1 } })
      expect((await client.get(`${widgets}/apart`)).body).toMatchObject({
        spec: { replicas: 3 },
        metadata: { generation: 2 },
      })
    })

    test('print their columns', async () => {
      await client.post(widgets, {
        ...widget('printed', { size: 7 }),
        metadata: { name: 'printed', labels: { 'example.com/owner': 'me' } },
      })
      await client.patch(`${widgets}/printed/status`, 'merge', {
        status: {
          conditions: [
            { type: 'Other', status: 'x' },
            { type: 'Ready', status: 'True' },
          ],
        },
      })
      const answer = await client.get(`${widgets}?fieldSelector=metadata.name%3Dprinted`, table)
      const names = asArray(answer.body['columnDefinitions']).map((column) => asRecord(column)['name'])
      expect(names).toEqual(['Name', 'Size', 'Ready', 'Owner'])
      expect(asRecord(asArray(answer.body['rows'])[0])['cells']).toEqual(['printed', 7, 'True', 'me'])
    })
  })

  describe('lists and watches', () => {
    test('select by label and field, and page', async () => {
      for (const [name, tier] of [
        ['l1', 'a'],
        ['l2', 'b'],
        ['l3', 'a'],
      ] as const) {
        await client.post(maps, configMap(name, {}, { labels: { set: 'list', tier } }))
      }
      const names = async (query: string) => {
        const list = await client.get(`${maps}?${query}`)
        return asArray(list.body['items']).map((item) => (item as KubeObject).metadata.name)
      }
      expect(await names('labelSelector=set%3Dlist,tier+in+(a)')).toEqual(['l1', 'l3'])
      expect(await names('labelSelector=set%3Dlist,tier!%3Da')).toEqual(['l2'])
      expect(await names('labelSelector=set,!tier')).toEqual([])
      expect(await names('fieldSelector=metadata.name%3Dl2')).toEqual(['l2'])
      const first = await client.get(`${maps}?labelSelector=set%3Dlist&limit=2`)
      const token = encodeURIComponent(String(metadata(first)['continue']))
      expect(asArray(first.body['items'])).toHaveLength(2)
      expect(await names(`labelSelector=set%3Dlist&limit=2&continue=${token}`)).toEqual(['l3'])
      expect((await client.get(`${maps}?fieldSelector=data.a%3D1`)).status).toBe(400)
    })

    test('watch resumes from a list, and objects come into view and leave it', async () => {
      const list = await client.get(maps)
      await client.post(maps, configMap('seen', {}, { labels: { watch: 'yes' } }))
      await client.patch(`${maps}/seen`, 'merge', { data: { a: '1' } })
      await client.patch(`${maps}/seen`, 'merge', { metadata: { labels: { watch: 'no' } } })
      const watch = await client.watch(
        `${maps}?labelSelector=watch%3Dyes&resourceVersion=${String(metadata(list)['resourceVersion'])}`,
      )
      const types = [(await watch.next())?.type, (await watch.next())?.type, (await watch.next())?.type]
      watch.close()
      expect(types).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
    })

    test('watch can send the initial state, ended by a bookmark', async () => {
      await client.post(maps, configMap('initial', {}, { labels: { initial: 'yes' } }))
      const watch = await client.watch(
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

  describe('deletion', () => {
    test('waits for finalizers', async () => {
      await client.post(maps, configMap('held', {}, { finalizers: ['example.com/hold'] }))
      const deleted = await client.delete(`${maps}/held`)
      expect(metadata(deleted)).toMatchObject({
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
      })
      const more = await client.patch(`${maps}/held`, 'merge', {
        metadata: { finalizers: ['example.com/hold', 'example.com/more'] },
      })
      expect(more.body['message']).toContain(
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
      )
      expect((await client.patch(`${maps}/held`, 'merge', { metadata: { finalizers: null } })).status).toBe(
        200,
      )
      expect((await client.get(`${maps}/held`)).status).toBe(404)
    })

    test('checks its preconditions', async () => {
      await client.post(maps, configMap('guarded'))
      const wrong = await client.delete(`${maps}/guarded`, {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid: 'other' },
      })
      expect(wrong.body).toMatchObject({ code: 409, reason: 'Conflict' })
      expect((await client.delete(`${maps}/guarded`)).body).toMatchObject({
        status: 'Success',
        details: { name: 'guarded', kind: 'configmaps' },
      })
    })

    test('takes dependents along', async () => {
      const owner = await client.post(maps, configMap('owner'))
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata(owner)['uid'] }
      await client.post(maps, configMap('dependent', {}, { ownerReferences: [reference] }))
      await client.delete(`${maps}/owner`)
      await client.until(maps, 'dependent', (object) => object === undefined)
    })

    test('sets dependents free when told to', async () => {
      const owner = await client.post(maps, configMap('parent'))
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: metadata(owner)['uid'] }
      await client.post(maps, configMap('child', {}, { ownerReferences: [reference] }))
      await client.delete(`${maps}/parent?propagationPolicy=Orphan`)
      await client.until(maps, 'parent', (object) => object === undefined)
      expect(metadata(await client.get(`${maps}/child`))['ownerReferences']).toBeUndefined()
    })

    test('of a collection takes what is selected', async () => {
      for (const name of ['c1', 'c2'])
        await client.post(maps, configMap(name, {}, { labels: { gone: 'soon' } }))
      expect((await client.delete(`${maps}?labelSelector=gone%3Dsoon`)).status).toBe(200)
      expect((await client.get(`${maps}?labelSelector=gone%3Dsoon`)).body['items']).toEqual([])
    })

    test('of a namespace empties it', async () => {
      const name = `${namespace}-gone`
      await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      await client.post(`/api/v1/namespaces/${name}/configmaps`, configMap('inside'))
      await client.delete(`/api/v1/namespaces/${name}`)
      const late = await client.post(`/api/v1/namespaces/${name}/configmaps`, configMap('late'))
      expect([403, 404]).toContain(late.status)
      await client.until('/api/v1/namespaces', name, (object) => object === undefined)
    })
  })

  describe('built-in kinds', () => {
    test('Services get an address that stays', async () => {
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'svc' },
        spec: { ports: [{ port: 80 }] },
      }
      const made = await client.post(`${core}/services`, service)
      const spec = asRecord(made.body['spec'])
      expect(spec).toMatchObject({
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ipFamilies: ['IPv4'],
        clusterIP: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      })
      const updated = await client.put(`${core}/services/svc`, {
        ...service,
        spec: { ports: [{ port: 81 }] },
      })
      expect(asRecord(updated.body['spec'])['clusterIP']).toBe(spec['clusterIP'])
      const headless = await client.post(`${core}/services`, {
        ...service,
        metadata: { name: 'headless' },
        spec: { clusterIP: 'None', ports: [{ port: 80 }] },
      })
      expect(headless.body['spec']).toMatchObject({ clusterIP: 'None' })
      const nameless = await client.post(`${core}/services`, {
        ...service,
        metadata: { name: 'two' },
        spec: { ports: [{ port: 80 }, { port: 81 }] },
      })
      expect(nameless.body['message']).toContain('spec.ports[0].name: Required value')
    })

    test('Deployments are defaulted and validated', async () => {
      const made = await client.post(
        deployments,
        deployment('defaults', { livenessProbe: { tcpSocket: { port: 80 } } }, { paused: true }),
      )
      expect(made.body['spec']).toMatchObject({
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: {
          spec: {
            restartPolicy: 'Always',
            dnsPolicy: 'ClusterFirst',
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                imagePullPolicy: 'IfNotPresent',
                terminationMessagePath: '/dev/termination-log',
                livenessProbe: {
                  timeoutSeconds: 1,
                  periodSeconds: 10,
                  successThreshold: 1,
                  failureThreshold: 3,
                },
              },
            ],
          },
        },
      })
      const mismatch = await client.post(
        deployments,
        deployment('mismatch', {}, { selector: { matchLabels: { app: 'x' } } }),
      )
      expect(mismatch.body['message']).toContain(
        'spec.template.metadata.labels: Invalid value: {"app":"mismatch"}: `selector` does not match template `labels`',
      )
      const wrong = await client.post(deployments, deployment('wrong', {}, { replicas: 'many' }))
      expect(wrong.status).toBe(400)
      expect(wrong.body['message']).toContain(
        'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field',
      )
    })

    test('Secrets take strings', async () => {
      const made = await client.post(`${core}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { a: 'b' },
      })
      expect(made.body).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } })
      expect(made.body['stringData']).toBeUndefined()
    })

    test('ServiceAccounts get tokens, and tokens have users', async () => {
      const made = await client.post(`${core}/serviceaccounts/default/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 600 },
      })
      const token = String(valueAt(made.body, ['status', 'token']))
      const review = await client.post('/apis/authentication.k8s.io/v1/tokenreviews', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token },
      })
      expect(review.body['status']).toMatchObject({
        authenticated: true,
        user: { username: `system:serviceaccount:${namespace}:default` },
      })
    })

    test('discovery lists kinds in both forms', async () => {
      const classic = await client.get(`/apis/${widgetGroup}/v1`)
      expect(asArray(classic.body['resources'])).toContainEqual(
        expect.objectContaining({
          name: 'widgets',
          singularName: 'widget',
          kind: 'Widget',
          namespaced: true,
          shortNames: ['wd'],
          categories: ['toys'],
        }),
      )
      const aggregated = await client.get(
        '/apis',
        'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      )
      const group = asArray(aggregated.body['items']).find(
        (item) => (item as KubeObject).metadata.name === widgetGroup,
      )
      expect(group).toMatchObject({
        versions: [{ version: 'v1', resources: [{ resource: 'widgets', scope: 'Namespaced' }] }],
      })
    })
  })
}
