import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  configMaps,
  leases,
  mutatingWebhookConfigurations,
  secrets,
  validatingWebhookConfigurations,
} from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import type { LevelSwitch } from '@knative-ts/observability'
import type { AdmissionAnswer } from './admission/review.ts'
import { generateCertificates } from './certificates/generate.ts'
import { caCertName, secretData } from './certificates/secret-data.ts'
import { httpsCall } from './testing/https-call.ts'
import {
  secretName,
  seedInstallation,
  serverName,
  systemNamespace,
  testWebhook,
} from './testing/webhook-world.ts'
import type { Webhook } from './webhook.ts'

let client: FakeKubeClient
let clock: ManualClock
let level: LevelSwitch
let webhook: Webhook
let port: number

beforeEach(async () => {
  client = new FakeKubeClient()
  clock = new ManualClock(Date.now() - 3_600_000)
  seedInstallation(client)
  level = { level: 'info' }
  webhook = testWebhook(client, clock, level)
  port = await webhook.start()
  await untilCertified()
})

afterEach(async () => {
  const stopped = webhook.stop()
  await clock.advance(45_000)
  await stopped
})

/** Key generation runs on other threads: lets it come back, however long that takes. */
async function untilCertified(): Promise<void> {
  while (
    !caBundle() ||
    !client.peekAll(validatingWebhookConfigurations).every(({ webhooks }) => webhooks?.[0]?.rules)
  ) {
    await clock.advance(1_000)
  }
}

function caBundle(): string {
  return client.peek(secrets, systemNamespace, secretName)?.data?.[caCertName] ?? ''
}

function call(
  path: string,
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) {
  const ca = Buffer.from(caBundle(), 'base64')
  return httpsCall({ port, path, method: 'POST', headers, ca, servername: serverName }, body)
}

async function review(path: string, request: object): Promise<AdmissionAnswer['response']> {
  const answer = await call(
    path,
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: 'u1', ...request },
    }),
  )
  expect(answer.status).toBe(200)
  const parsed = JSON.parse(answer.body) as AdmissionAnswer
  expect(parsed).toMatchObject({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u1' },
  })
  return parsed.response
}

const serviceKind = { group: 'serving.knative.dev', version: 'v1', kind: 'Service' }
const service = (name: string) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { template: { spec: { containers: [{ image: 'dev.local/hello' }] } } },
})

test('registers itself with its own CA and is trusted by it', async () => {
  const [mutating] = client.peekAll(mutatingWebhookConfigurations)
  expect(mutating?.webhooks?.[0]).toMatchObject({
    clientConfig: { caBundle: caBundle(), service: { path: '/defaulting' } },
    reinvocationPolicy: 'IfNeeded',
    namespaceSelector: {
      matchExpressions: [{ key: 'webhooks.knative.dev/exclude', operator: 'DoesNotExist' }],
    },
  })
  expect(mutating?.metadata.ownerReferences).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: systemNamespace,
      uid: 'namespace-uid',
      controller: false,
      blockOwnerDeletion: true,
    },
  ])
  const answer = await call('/', '', { 'user-agent': 'kube-probe/1.34' })
  expect(answer.status).toBe(200)
})

test('a client that trusts another CA refuses the connection', async () => {
  await expect(httpsCall({ port, path: '/', servername: serverName })).rejects.toMatchObject({
    code: expect.stringMatching(/SELF_SIGNED_CERT|UNABLE_TO/),
  })
})

test('TLS 1.2 is refused', async () => {
  const ca = Buffer.from(caBundle(), 'base64')
  await expect(
    httpsCall({ port, path: '/', ca, servername: serverName, maxVersion: 'TLSv1.2' }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/EPROTO|ECONNRESET/) })
})

test('defaults what a Service leaves open', async () => {
  const { allowed, patchType, patch } = await review('/defaulting', {
    kind: serviceKind,
    operation: 'CREATE',
    object: service('hello'),
    userInfo: { username: 'jane' },
  })
  expect({ allowed, patchType }).toEqual({ allowed: true, patchType: 'JSONPatch' })
  const operations = JSON.parse(Buffer.from(patch ?? '', 'base64').toString('utf8')) as { path: string }[]
  expect(operations.map(({ path }) => path)).toContain('/metadata/annotations')
})

test('denies an invalid Service with the text that clients see', async () => {
  expect(
    await review('/resource-validation', {
      kind: serviceKind,
      operation: 'CREATE',
      object: service('Not_A_Name'),
    }),
  ).toMatchObject({
    allowed: false,
    status: {
      status: 'Failure',
      reason: 'BadRequest',
      code: 400,
      message: expect.stringMatching(/^validation failed: .*not a DNS 1035 label: .*: metadata\.name$/s),
    },
  })
})

test('follows its log level', async () => {
  const metadata = { name: 'config-logging', namespace: systemNamespace }
  client.seed(configMaps, { metadata, data: { 'zap-logger-config': '{"level":"warn"}' } })
  await clock.settle()
  expect(level.level).toBe('warn')
})

test('denies a ConfigMap that the services could not use', async () => {
  const request = {
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    operation: 'UPDATE',
    object: { metadata: { name: 'config-gc' }, data: { 'min-non-active-revisions': 'x' } },
  }
  expect((await review('/config-validation', request)).status?.message).toBe(
    'validation failed: failed to parse data: failed to parse "min-non-active-revisions": strconv.ParseInt: parsing "x": invalid syntax',
  )
})

describe('requests that are no admission reviews', () => {
  const json = { 'content-type': 'application/json' }
  test.each([
    [
      'another content type',
      '/defaulting',
      { 'content-type': 'text/plain' },
      '{}',
      415,
      'invalid Content-Type, want `application/json`\n',
    ],
    ['an unknown path', '/nowhere', json, '{}', 400, 'no controller registered for: /nowhere\n'],
    ['no JSON', '/defaulting', json, '{', 400, expect.stringMatching(/^could not decode body:/)],
    ['no review', '/defaulting', json, 'null', 400, expect.stringMatching(/^could not decode body:/)],
    [
      'a body beyond 3 MiB',
      '/defaulting',
      json,
      ' '.repeat(3 * 1024 * 1024 + 1),
      400,
      expect.stringMatching(/^could not decode body:/),
    ],
  ])('%s', async (_, path, headers, body, status, text) => {
    expect(await call(path, body, headers)).toMatchObject({ status, body: text })
  })
})

describe('probes', () => {
  test.each([
    ['of the kubelet', { 'user-agent': 'kube-probe/1.34' }, 200, undefined],
    ['of the network', { 'k-network-probe': 'probe', 'k-network-hash': 'abc' }, 200, 'abc'],
    ['of the network without a hash', { 'k-network-probe': 'probe' }, 400, undefined],
  ])('%s', async (_, headers: Record<string, string>, status, hash) => {
    const answer = await call('/any', '', headers)
    expect([answer.status, answer.headers['k-network-hash']]).toEqual([status, hash])
  })
})

test('while it stops, probes fail, requests are served, and each puts the end off', async () => {
  const stopped = webhook.stop()
  const probe = await call('/', '', { 'user-agent': 'kube-probe/1.34' })
  expect([probe.status, probe.body]).toEqual([503, 'shutting down\n'])
  await clock.advance(44_000)
  const request = { kind: serviceKind, operation: 'DELETE', object: null }
  expect(await review('/resource-validation', request)).toMatchObject({ allowed: true })
  await clock.advance(44_000)
  expect(await review('/resource-validation', request)).toMatchObject({ allowed: true })
  await clock.advance(45_000)
  await stopped
  await expect(call('/', '')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('its leases are free as soon as it is to stop', async () => {
  const holders = () => client.peekAll(leases).map(({ spec }) => spec?.holderIdentity)
  expect(holders()).not.toContain('')
  const stopped = webhook.stop()
  await clock.advance(0)
  expect(new Set(holders())).toEqual(new Set(['']))
  await clock.advance(45_000)
  await stopped
})

test('while it stops, it sends callers to other pods', async () => {
  const keepAlive = { 'content-type': 'application/json', connection: 'keep-alive' }
  expect((await call('/defaulting', '{}', keepAlive)).headers['connection']).toBe('keep-alive')
  const stopped = webhook.stop()
  expect((await call('/defaulting', '{}', keepAlive)).headers['connection']).toBe('close')
  await clock.advance(45_000)
  await stopped
})

test('new certificates are used from the next handshake on', async () => {
  const before = caBundle()
  const renewed = await generateCertificates('webhook', systemNamespace, 'cluster.local', clock.now())
  const metadata = { name: secretName, namespace: systemNamespace }
  client.replace(secrets, { metadata, data: secretData(renewed) })
  await clock.advance(1_000)
  expect(caBundle()).not.toBe(before)
  const answer = await call('/', '', { 'user-agent': 'kube-probe/1.34' })
  expect(answer.status).toBe(200)
  const [mutating] = client.peekAll(mutatingWebhookConfigurations)
  expect(mutating?.webhooks?.[0]?.clientConfig.caBundle).toBe(caBundle())
})
