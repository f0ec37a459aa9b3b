import { X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { secrets, type V1Secret } from '@knative-ts/apis'
import { silentLogger } from '@knative-ts/observability'
import { existing, runTableRow, type TableResult } from '@knative-ts/reconciler/testing'
import { CertificateReconciler } from './certificate-reconciler.ts'
import { type CertificateSet, certificateLifetimeMs, generateCertificates } from './generate.ts'
import { certificatesIn, expiryOf, secretData } from './secret-data.ts'

const nowMs = Date.UTC(2026, 0, 1)
const hourMs = 3_600_000
let set: CertificateSet

beforeAll(async () => {
  set = await generateCertificates('webhook', 'knative-serving', 'cluster.local', nowMs)
})

describe('a generated set', () => {
  test('the CA', () => {
    const ca = new X509Certificate(set.caCert)
    expect(ca.subject).toBe('O=knative.dev\nCN=webhook.knative-serving.svc')
    expect([ca.ca, ca.verify(ca.publicKey)]).toEqual([true, true])
    expect(ca.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  })

  test('the server certificate', () => {
    const server = new X509Certificate(set.serverCert)
    expect([server.ca, server.verify(new X509Certificate(set.caCert).publicKey)]).toEqual([false, true])
    expect(server.subjectAltName).toBe(
      'DNS:webhook, DNS:webhook.knative-serving, DNS:webhook.knative-serving.svc, DNS:webhook.knative-serving.svc.cluster.local',
    )
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(server.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(Date.parse(server.validTo) - Date.parse(server.validFrom)).toBe(certificateLifetimeMs)
  })

  test('the key', () => expect(set.serverKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/))

  test('dates beyond 2049 are written in the long form', async () => {
    const late = await generateCertificates('a', 'b', 'c', Date.UTC(2049, 11, 31))
    expect(new Date(expiryOf(late)!).toISOString()).toBe('2050-01-07T00:00:00.000Z')
  })
})

describe('expiry', () => {
  test('of a whole set', () => expect(expiryOf(set)).toBe(nowMs + certificateLifetimeMs))
  test('of parts that do not belong together', async () => {
    const other = await generateCertificates('webhook', 'knative-serving', 'cluster.local', nowMs)
    expect([
      expiryOf({ ...set, serverKey: other.serverKey }),
      expiryOf({ ...set, caCert: other.caCert }),
      expiryOf({ ...set, serverCert: 'nonsense' }),
    ]).toEqual([undefined, undefined, undefined])
  })
})

describe('the Secret', () => {
  const secret = (data?: Record<string, string>): V1Secret => ({
    metadata: { name: 'certs', namespace: 'ns' },
    ...(data ? { data } : {}),
  })
  const reconcile = (world: V1Secret[], atMs = nowMs): Promise<TableResult> =>
    runTableRow(
      { key: 'ns/certs', world: world.map((object) => existing(secrets, object)), nowMs: atMs },
      ({ client, clock, informers }) =>
        new CertificateReconciler({
          client,
          clock,
          logger: silentLogger,
          lister: informers.informer(secrets).lister,
          generate: async () => set,
        }),
    )
  const updates = ({ writes }: TableResult) =>
    writes.map(({ verb, object }) => [verb, (object as V1Secret).data])

  test('that does not exist is not made', async () => {
    expect((await reconcile([])).writes).toEqual([])
  })
  test('that is empty is filled', async () => {
    expect(updates(await reconcile([secret()]))).toEqual([['update', secretData(set)]])
  })
  test('that lacks a key is filled anew, foreign keys stay', async () => {
    const result = await reconcile([secret({ ...secretData(set), 'ca-cert.pem': '', other: 'eA==' })])
    expect(updates(result)).toEqual([['update', { ...secretData(set), other: 'eA==' }]])
  })
  test('that is unreadable is filled anew', async () => {
    expect(updates(await reconcile([secret({ ...secretData(set), 'server-key.pem': 'eA==' })]))).toHaveLength(
      1,
    )
  })
  test.each([
    [
      'with days left, is looked at again after the resync',
      0,
      [],
      { kind: 'again-after', delayMs: 10 * hourMs },
    ],
    [
      'that must be renewed before the resync, is looked at then',
      certificateLifetimeMs - 30 * hourMs,
      [],
      { kind: 'again-after', delayMs: 6 * hourMs },
    ],
    [
      'with a day left, is renewed',
      certificateLifetimeMs - 24 * hourMs,
      ['update'],
      { kind: 'again-after', delayMs: 10 * hourMs },
    ],
  ])('%s', async (_, ageMs, verbs, outcome) => {
    const result = await reconcile([secret(secretData(set))], nowMs + ageMs)
    expect([result.writes.map(({ verb }) => verb), result.outcome]).toEqual([verbs, outcome])
  })
  test('reads back what was written', () => {
    expect(certificatesIn(secret(secretData(set)))).toEqual(set)
    expect(certificatesIn(undefined)).toBeUndefined()
  })
})
