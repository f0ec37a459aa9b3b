import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:http2'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import type { LogOptions } from './http/pod-subresources.ts'
import { asArray, asRecord, type KubeObject, valueAt } from './meta/kube-object.ts'
import { ApiClient } from './testing/api-client.ts'
import { type EmbeddedServer, startEmbeddedServer } from './testing/embedded-server.ts'
import { configMap, deployment, widget, widgetDefinition, widgetGroup } from './testing/fidelity-fixtures.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'

const pod = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'dev.local/none:1' }], ...spec },
})

let embedded: EmbeddedServer
let asked: LogOptions | undefined

beforeAll(async () => {
  embedded = await startEmbeddedServer({
    logs: (_namespace, _pod, options) => {
      asked = options
      const output = new PassThrough()
      output.write('first\n')
      if (options.follow) output.write(`${'x'.repeat(100_000)}\n`)
      output.end('last\n')
      return output
    },
  })
})

afterAll(async () => {
  await embedded.stop()
  expect(embedded.errors).toEqual([])
})

describe('access', () => {
  test('is for known users only, but for health and version', async () => {
    const { url, caPem } = embedded.server
    const nobody = new ApiClient({ url, caPem, token: 'wrong' })
    expect((await nobody.get('/api')).body).toMatchObject({
      code: 401,
      reason: 'Unauthorized',
      message: 'Unauthorized',
    })
    for (const path of ['/healthz', '/livez', '/readyz'])
      expect((await nobody.get(path)).body).toEqual({ text: 'ok' })
    expect((await nobody.get('/version')).body).toMatchObject({ major: '1', minor: '34' })
    await nobody.close()
  })

  test('by a ServiceAccount token names the account', async () => {
    const { url, caPem } = embedded.server
    const token = embedded.server.mintServiceAccountToken('default', 'default')
    const account = new ApiClient({ url, caPem, token })
    const review = await account.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {})
    expect(valueAt(review.body, ['status', 'userInfo'])).toMatchObject({
      username: 'system:serviceaccount:default:default',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    })
    const forged = new ApiClient({ url, caPem, token: `${token.slice(0, -4)}AAAA` })
    expect((await forged.get('/api')).status).toBe(401)
    await account.close()
    await forged.close()
  })

  test('works with the kubeconfig, over HTTP/2', async () => {
    const config = asRecord(parse(embedded.server.kubeconfig))
    const cluster = asRecord(asRecord(asArray(config['clusters'])[0])['cluster'])
    const user = asRecord(asRecord(asArray(config['users'])[0])['user'])
    const ca = Buffer.from(String(cluster['certificate-authority-data']), 'base64')
    const session = connect(String(cluster['server']), { ca })
    const stream = session.request({
      ':path': '/api/v1/namespaces/default',
      authorization: `Bearer ${String(user['token'])}`,
    })
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    session.close()
    expect(JSON.parse(text)).toMatchObject({ kind: 'Namespace', status: { phase: 'Active' } })
  })
})

describe('state', () => {
  test('survives a restart, with its credentials', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'knative-api-'))
    const first = await startEmbeddedServer({ dataDir })
    await first.client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetDefinition)
    const widgets = `/apis/${widgetGroup}/v1/namespaces/default/widgets`
    const made = await first.client.post(widgets, widget('kept'))
    const { adminToken, caPem } = first.server
    await first.stop()
    const second = await startEmbeddedServer({ dataDir })
    expect(second.server).toMatchObject({ adminToken, caPem })
    expect((await second.client.get(`${widgets}/kept`)).body).toEqual(made.body)
    const watch = await second.client.watch(
      `${widgets}?resourceVersion=${Number((made.body as unknown as KubeObject).metadata.resourceVersion) - 1}`,
    )
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'kept' } } })
    watch.close()
    await second.stop()
    rmSync(dataDir, { recursive: true })
  })

  test('has the namespaces of a cluster, each furnished', async () => {
    await embedded.server.idle()
    const list = await embedded.client.get('/api/v1/namespaces')
    const names = asArray(list.body['items']).map((item) => (item as KubeObject).metadata.name)
    expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    const map = await embedded.client.get('/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt')
    expect(map.body['data']).toEqual({ 'ca.crt': embedded.server.caPem })
    expect((await embedded.client.delete('/api/v1/namespaces/default')).body).toMatchObject({
      code: 403,
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    })
  })

  test('is refused in forms that cannot be read', async () => {
    const broken = await embedded.client.call('POST', maps, { body: '{' })
    expect(broken.body['message']).toContain('the request body is not valid JSON')
    const cbor = await embedded.client.call('POST', maps, { body: 'x', contentType: 'application/cbor' })
    expect(cbor.status).toBe(415)
    const huge = await embedded.client.post(maps, configMap('huge', { a: 'x'.repeat(3 * 1024 * 1024) }))
    expect(huge.body).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' })
    const yaml = await embedded.client.call('POST', maps, {
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\n',
      contentType: 'application/yaml',
    })
    expect(yaml.status).toBe(201)
  })
})

describe('starting', () => {
  test('says so when the state or the port is taken', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'knative-api-'))
    const first = await startEmbeddedServer({ dataDir })
    await expect(startEmbeddedServer({ dataDir })).rejects.toMatchObject({ code: 'StateInUse' })
    const port = Number(new URL(first.server.url).port)
    await expect(startEmbeddedServer({ port })).rejects.toMatchObject({
      code: 'AddressInUse',
      message: `127.0.0.1:${port} is in use: stop what listens there, or choose another port`,
    })
    await first.stop()
    rmSync(dataDir, { recursive: true })
  })

  test('says so when the state cannot be read', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'knative-api-'))
    writeFileSync(join(dataDir, 'state.db'), 'not a database, and long enough to be looked at'.repeat(100))
    await expect(startEmbeddedServer({ dataDir })).rejects.toMatchObject({ code: 'StateUnreadable' })
    rmSync(dataDir, { recursive: true })
  })
})

describe('watches', () => {
  test('over HTTP/1.1 may be left at any time', async () => {
    const { url, caPem: ca, adminToken } = embedded.server
    const open = async () => {
      const request = get(`${url}${maps}?watch=true`, {
        ca,
        agent: false,
        headers: { authorization: `Bearer ${adminToken}` },
      })
      request.on('error', () => undefined)
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      return { request, response }
    }
    const watches = await Promise.all(Array.from({ length: 8 }, open))
    for (const { request } of watches.slice(1)) {
      request.destroy()
      await embedded.client.post(maps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { generateName: 'left-' },
      })
    }
    const { request, response } = watches[0]!
    expect(response.httpVersion).toBe('1.1')
    const [chunk] = (await once(response, 'data')) as [Buffer]
    expect(JSON.parse(chunk.toString().split('\n')[0]!)).toMatchObject({
      type: 'ADDED',
      object: { kind: 'ConfigMap' },
    })
    request.destroy()
  })
})

describe('pods', () => {
  test('end gracefully once they run somewhere', async () => {
    await embedded.client.post(pods, pod('graceful', { nodeName: 'n', terminationGracePeriodSeconds: 7 }))
    const deleted = await embedded.client.delete(`${pods}/graceful`)
    expect(deleted.body['metadata']).toMatchObject({
      deletionTimestamp: expect.any(String),
      deletionGracePeriodSeconds: 7,
    })
    const shorter = await embedded.client.delete(`${pods}/graceful`, { gracePeriodSeconds: 1 })
    expect(shorter.body['metadata']).toMatchObject({ deletionGracePeriodSeconds: 1 })
    expect((await embedded.client.delete(`${pods}/graceful`, { gracePeriodSeconds: 0 })).status).toBe(200)
    expect((await embedded.client.get(`${pods}/graceful`)).status).toBe(404)
  })

  test('that run nowhere go at once, and budgets hold off evictions', async () => {
    const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
    await embedded.client.post(pods, {
      ...pod('evicted'),
      metadata: { name: 'evicted', labels: { app: 'e' } },
    })
    await embedded.client.post(budgets, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'e' } } },
    })
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } }
    expect((await embedded.client.post(`${pods}/evicted/eviction`, eviction)).body).toMatchObject({
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
    })
    await embedded.client.delete(`${budgets}/b`)
    expect((await embedded.client.post(`${pods}/evicted/eviction`, eviction)).status).toBe(201)
    expect((await embedded.client.get(`${pods}/evicted`)).status).toBe(404)
  })

  test('have logs', async () => {
    const two = [
      { name: 'a', image: 'i:1' },
      { name: 'b', image: 'i:1' },
    ]
    await embedded.client.post(pods, pod('logged', { containers: two }))
    const unclear = await embedded.client.get(`${pods}/logged/log`)
    expect(unclear.body).toMatchObject({
      code: 400,
      message: 'a container name must be specified for pod logged, choose one of: [a b]',
    })
    expect((await embedded.client.get(`${pods}/logged/log?container=c`)).body['message']).toBe(
      'container c is not valid for pod logged',
    )
    const logs = await embedded.client.get(`${pods}/logged/log?container=b&tailLines=3&timestamps=true`)
    expect(logs.body).toEqual({ text: 'first\nlast\n' })
    expect(asked).toMatchObject({
      container: 'b',
      follow: false,
      tailLines: 3,
      timestamps: true,
      previous: false,
    })
    const followed = await embedded.client.get(`${pods}/logged/log?container=a&follow=true`)
    expect(String(followed.body['text'])).toHaveLength(100_012)
  })
})

describe('owners', () => {
  test('deleted in the foreground go last', async () => {
    const owner = await embedded.client.post(maps, configMap('first'))
    const reference = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'first',
      uid: valueAt(owner.body, ['metadata', 'uid']),
      blockOwnerDeletion: true,
    }
    await embedded.client.post(
      maps,
      configMap('second', {}, { ownerReferences: [reference], finalizers: ['example.com/hold'] }),
    )
    const deleted = await embedded.client.delete(`${maps}/first?propagationPolicy=Foreground`)
    expect(valueAt(deleted.body, ['metadata', 'finalizers'])).toEqual(['foregroundDeletion'])
    await embedded.server.idle()
    const second = await embedded.client.get(`${maps}/second`)
    expect(valueAt(second.body, ['metadata', 'deletionTimestamp'])).toEqual(expect.any(String))
    expect((await embedded.client.get(`${maps}/first`)).status).toBe(200)
    await embedded.client.patch(`${maps}/second`, 'merge', { metadata: { finalizers: null } })
    await embedded.server.idle()
    expect((await embedded.client.get(`${maps}/first`)).status).toBe(404)
  })

  test('that never were lose their dependents, and of several one suffices', async () => {
    const owner = await embedded.client.post(maps, configMap('there'))
    const real = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'there',
      uid: String(valueAt(owner.body, ['metadata', 'uid'])),
    }
    const ghost = { ...real, name: 'ghost', uid: 'no-such-uid' }
    await embedded.client.post(maps, configMap('haunted', {}, { ownerReferences: [ghost] }))
    await embedded.client.post(maps, configMap('half', {}, { ownerReferences: [ghost, real] }))
    await embedded.server.idle()
    expect((await embedded.client.get(`${maps}/haunted`)).status).toBe(404)
    expect(
      valueAt((await embedded.client.get(`${maps}/half`)).body, ['metadata', 'ownerReferences']),
    ).toEqual([real])
  })
})

describe('definitions', () => {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

  test('are served at once and explained; deleted, they take their objects along', async () => {
    await embedded.client.post(definitions, widgetDefinition)
    const widgets = `/apis/${widgetGroup}/v1/namespaces/default/widgets`
    await embedded.client.post(widgets, widget('w'))
    const index = await embedded.client.get('/openapi/v3')
    const { serverRelativeURL } = asRecord(valueAt(index.body, ['paths', `apis/${widgetGroup}/v1`]))
    const document = await embedded.client.get(String(serverRelativeURL))
    const schema = asRecord(
      valueAt(document.body, ['components', 'schemas', 'com.example.fidelity.v1.Widget']),
    )
    expect(schema['x-kubernetes-group-version-kind']).toEqual([
      { group: widgetGroup, version: 'v1', kind: 'Widget' },
    ])
    const watch = await embedded.client.watch(widgets)
    expect((await watch.next())?.type).toBe('ADDED')
    await embedded.client.delete(`${definitions}/widgets.${widgetGroup}`)
    expect((await watch.next())?.type).toBe('DELETED')
    watch.close()
    await embedded.server.idle()
    expect((await embedded.client.get(widgets)).body).toMatchObject({
      code: 404,
      message: 'the server could not find the requested resource',
    })
  })

  test.each<[string, object, string]>([
    [
      'name',
      { metadata: { name: 'x' } },
      'metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group',
    ],
    [
      'scope',
      { spec: { ...widgetDefinition.spec, scope: 'Global' } },
      'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"',
    ],
    [
      'storage',
      {
        spec: {
          ...widgetDefinition.spec,
          versions: [{ ...widgetDefinition.spec.versions[0], storage: false }],
        },
      },
      'must have exactly one version marked as storage version',
    ],
    [
      'schema',
      { spec: { ...widgetDefinition.spec, versions: [{ name: 'v1', served: true, storage: true }] } },
      'schemas are required',
    ],
  ])('are refused for a bad %s', async (_, change, complaint) => {
    const made = await embedded.client.post(definitions, { ...widgetDefinition, ...change })
    expect(made.status).toBe(422)
    expect(made.body['message']).toContain(complaint)
  })
})

describe('tables and metadata', () => {
  test('deployments have the columns of kubectl', async () => {
    const deployments = '/apis/apps/v1/namespaces/default/deployments'
    await embedded.client.post(deployments, deployment('shown', {}, { replicas: 2 }))
    const answer = await embedded.client.get(
      deployments,
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    )
    const names = asArray(answer.body['columnDefinitions']).map((column) => asRecord(column)['name'])
    expect(names).toEqual([
      'Name',
      'Ready',
      'Up-to-date',
      'Available',
      'Age',
      'Containers',
      'Images',
      'Selector',
    ])
    const cells = asArray(asRecord(asArray(answer.body['rows'])[0])['cells'])
    expect(cells.filter((_, i) => i !== 4)).toEqual([
      'shown',
      '0/2',
      0,
      0,
      'main',
      'dev.local/none:1',
      'app=shown',
    ])
  })

  test('a table watch names its columns once', async () => {
    await embedded.client.post(maps, configMap('row', {}, { labels: { rows: 'yes' } }))
    const watch = await embedded.client.watch(
      `${maps}?labelSelector=rows%3Dyes`,
      'application/json;as=Table;v=v1;g=meta.k8s.io',
    )
    const first = await watch.next()
    await embedded.client.patch(`${maps}/row`, 'merge', { data: { a: '1' } })
    const second = await watch.next()
    watch.close()
    expect(asArray(first?.object['columnDefinitions'])).toHaveLength(3)
    expect(second).toMatchObject({ type: 'MODIFIED', object: { kind: 'Table', columnDefinitions: [] } })
  })

  test('metadata can be had alone', async () => {
    const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    const list = await embedded.client.get(maps, partial)
    expect(list.body['kind']).toBe('PartialObjectMetadataList')
    expect(Object.keys(asRecord(asArray(list.body['items'])[0]))).toEqual(['kind', 'apiVersion', 'metadata'])
  })

  test('a client that knows no JSON is told so', async () => {
    expect((await embedded.client.get(maps, 'text/html')).status).toBe(406)
  })
})

test('events are the same in both groups', async () => {
  await embedded.client.post('/api/v1/namespaces/default/events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    message: 'hello',
    count: 2,
  })
  const modern = await embedded.client.get('/apis/events.k8s.io/v1/namespaces/default/events/e')
  expect(modern.body).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    regarding: { name: 'p' },
    note: 'hello',
    deprecatedCount: 2,
  })
  const found = await embedded.client.get(
    '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dp',
  )
  expect(asArray(found.body['items'])).toHaveLength(1)
})
