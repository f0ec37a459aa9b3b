import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { asRecord, type JsonRecord } from '../meta/kube-object.ts'
import { type EmbeddedServer, startEmbeddedServer } from '../testing/embedded-server.ts'
import { configMap } from '../testing/fidelity-fixtures.ts'
import { startWebhookServer, type WebhookServer } from '../testing/webhook-server.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const group = '/apis/admissionregistration.k8s.io/v1'

let embedded: EmbeddedServer
let hook: WebhookServer
let respond: (request: JsonRecord) => JsonRecord
let reachable = true

beforeAll(async () => {
  hook = await startWebhookServer('hook.default.svc', (request) => respond(request))
  embedded = await startEmbeddedServer({
    resolveService: async () => (reachable ? { host: '127.0.0.1', port: hook.port } : undefined),
  })
})

afterEach(async () => {
  reachable = true
  hook.requests.length = 0
  for (const plural of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']) {
    await embedded.client.delete(`${group}/${plural}`)
  }
  await embedded.client.delete(maps)
})

afterAll(async () => {
  await embedded.stop()
  await hook.close()
})

async function configure(
  kind: 'Mutating' | 'Validating',
  webhook: JsonRecord = {},
  name = 'hooks',
): Promise<void> {
  const service = { namespace: 'default', name: 'hook', path: '/check' }
  const rule = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }
  const made = await embedded.client.post(`${group}/${kind.toLowerCase()}webhookconfigurations`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.com`,
        clientConfig: { service, caBundle: hook.caBundle },
        rules: [rule],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...webhook,
      },
    ],
  })
  expect(made.status).toBe(201)
}

const patchOf = (operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})

describe('mutating webhooks', () => {
  test('change objects before they are stored, and know who asks', async () => {
    await configure('Mutating')
    respond = () => patchOf([{ op: 'add', path: '/data/added', value: 'yes' }])
    const made = await embedded.client.post(maps, configMap('changed', { a: '1' }))
    expect(made.body['data']).toEqual({ a: '1', added: 'yes' })
    expect(hook.requests[0]).toMatchObject({
      operation: 'CREATE',
      name: 'changed',
      namespace: 'default',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      oldObject: null,
      dryRun: false,
      object: { data: { a: '1' }, metadata: { uid: made.body['metadata'] && expect.any(String) } },
    })
  })

  test('are asked again when a later one changes the object, if they want', async () => {
    await configure('Mutating', { reinvocationPolicy: 'IfNeeded' }, 'a')
    await configure('Mutating', {}, 'b')
    let calls = 0
    respond = () => patchOf(++calls === 2 ? [{ op: 'add', path: '/data/b', value: '1' }] : [])
    await embedded.client.post(maps, configMap('again', { a: '1' }))
    expect(calls).toBe(3)
    expect(asRecord(asRecord(hook.requests[2])['object'])['data']).toEqual({ a: '1', b: '1' })
  })
})

describe('validating webhooks', () => {
  test('refuse, with their status, and warn', async () => {
    await configure('Validating')
    respond = () => ({ allowed: false, status: { code: 403, reason: 'Forbidden', message: 'not today' } })
    const refused = await embedded.client.post(maps, configMap('refused'))
    expect(refused.body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: 'admission webhook "hooks.example.com" denied the request: not today',
    })
    respond = () => ({ allowed: true, warnings: ['careful'] })
    expect((await embedded.client.post(maps, configMap('warned'))).warnings).toEqual(['careful'])
    respond = () => ({ allowed: false })
    expect((await embedded.client.post(maps, configMap('refused'))).body).toMatchObject({
      code: 400,
      message: 'admission webhook "hooks.example.com" denied the request without explanation',
    })
  })

  test('see the old object on update and delete', async () => {
    await configure('Validating')
    respond = () => ({ allowed: true })
    await embedded.client.post(maps, configMap('seen', { a: '1' }))
    await embedded.client.patch(`${maps}/seen?dryRun=All`, 'merge', { data: { a: '2' } })
    await embedded.client.delete(`${maps}/seen`)
    expect(hook.requests.map((request) => [request['operation'], request['dryRun']])).toEqual([
      ['CREATE', false],
      ['UPDATE', true],
      ['DELETE', false],
    ])
    expect(hook.requests[1]).toMatchObject({ object: { data: { a: '2' } }, oldObject: { data: { a: '1' } } })
    expect(hook.requests[2]).toMatchObject({ object: null, oldObject: { data: { a: '1' } } })
  })

  test.each<[string, JsonRecord, boolean]>([
    [
      'other operations',
      { rules: [{ operations: ['DELETE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] },
      false,
    ],
    [
      'other groups',
      { rules: [{ operations: ['*'], apiGroups: ['apps'], apiVersions: ['*'], resources: ['*'] }] },
      false,
    ],
    [
      'all resources',
      { rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }] },
      true,
    ],
    [
      'a resource with all its subresources',
      { rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps/*'] }] },
      true,
    ],
    [
      'subresources',
      {
        rules: [
          { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps/status'] },
        ],
      },
      false,
    ],
    [
      'cluster scope',
      {
        rules: [
          { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['*'], scope: 'Cluster' },
        ],
      },
      false,
    ],
    ['other objects', { objectSelector: { matchLabels: { a: 'b' } } }, false],
    [
      'its namespace',
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } },
      true,
    ],
    [
      'other namespaces',
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['default'] }],
        },
      },
      false,
    ],
  ])('with rules for %s', async (_, webhook, asked) => {
    await configure('Validating', webhook)
    respond = () => ({ allowed: true })
    await embedded.client.post(maps, configMap('matched'))
    expect(hook.requests.length > 0).toBe(asked)
  })

  test('that cannot be reached fail the request, or do not', async () => {
    await configure('Validating')
    reachable = false
    const failed = await embedded.client.post(maps, configMap('lost'))
    expect(failed.body).toMatchObject({
      code: 500,
      reason: 'InternalError',
      message:
        'Internal error occurred: failed calling webhook "hooks.example.com": failed to call webhook: Post "https://hook.default.svc:443/check?timeout=10s": no endpoints available for service "hook" in namespace default',
    })
    await embedded.client.delete(`${group}/validatingwebhookconfigurations/hooks`)
    await configure('Validating', { failurePolicy: 'Ignore' })
    expect((await embedded.client.post(maps, configMap('lost'))).status).toBe(201)
  })

  test('must prove who they are', async () => {
    const other = await startWebhookServer('other.default.svc', () => ({ allowed: true }))
    await configure('Validating', {
      clientConfig: { service: { namespace: 'default', name: 'hook' }, caBundle: other.caBundle },
    })
    respond = () => ({ allowed: true })
    expect((await embedded.client.post(maps, configMap('fake'))).status).toBe(500)
    await other.close()
  })

  test('with side effects are not asked on a dry run', async () => {
    await configure('Validating', { sideEffects: 'NoneOnDryRun' })
    respond = () => ({ allowed: true })
    expect((await embedded.client.post(`${maps}?dryRun=All`, configMap('dry'))).status).toBe(201)
    expect(hook.requests).toHaveLength(1)
  })
})
